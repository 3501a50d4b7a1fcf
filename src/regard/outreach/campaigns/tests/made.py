"""Campaigns for tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.purposes.seed import fill
from regard.customers.identity.resolve import resolve_alone
from regard.outreach.campaigns.models import Campaign
from regard.outreach.templates.models import MessageTemplate
from regard.segments.members.mirror import put_in
from regard.segments.models import Segment
from regard.workspace.workspaces.models import Workspace

WORDS = {"subject": "Hello {{ name }}", "text": "We have news for you.", "button": "Read it", "link": "https://halcyon.example/news"}


def people(workspace: Workspace, count: int) -> list[int]:
    """So many customers, each with an e-mail address."""
    return resolve_alone(workspace.pk, "email", [f"p{n}@mail.example" for n in range(count)])


def segment(workspace: Workspace, members: list[int], name: str = "Some") -> Segment:
    made = Segment.objects.create(workspace=workspace, name=name)
    put_in(made, members, now=timezone.now())
    return made


def template(workspace: Workspace, name: str = "News", **more: Any) -> MessageTemplate:
    made = MessageTemplate(workspace=workspace, name=name, channel=more.pop("channel", "e-mail"))
    made.keep(more.pop("languages", {"en": {**WORDS, **more}}), by="t@x.example")
    return made


def campaign(workspace: Workspace, members: list[int], *templates: MessageTemplate, started: bool = True, **more: Any) -> Campaign:
    """For service, which needs no consent, unless said otherwise."""
    fill(workspace.pk, actor="t@x.example")
    given: dict[str, Any] = {"name": "Autumn", "control_percent": 20, "per_hour": 1_000_000, **more}
    purpose = Purpose.objects.get(workspace=workspace, key=given.pop("purpose", "service"))
    made = Campaign(workspace=workspace, segment=segment(workspace, members, name=f"{given['name']} segment"), purpose=purpose, **given)
    made.keep(list(templates) or [template(workspace, name=f"{given['name']} message")], by="t@x.example")
    if started:
        made.start(by="t@x.example", now=timezone.now())
    return Campaign.objects.get(pk=made.pk)
