"""Programmes, people and interactions for tests."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.purposes.seed import fill
from regard.jobs.consume import consume
from regard.ledger.record.project import project_all
from regard.listening.programmes.models import Kind, Programme
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.site.wiring import subscriptions
from regard.testing.events import send, track
from regard.workspace.workspaces.models import Workspace


def survey(workspace: Workspace, start: str = "after_contact") -> Survey:
    made = Survey(workspace=workspace, name=start, draft={})
    made.keep(starts()[start][1], by="t@x.example")
    made.publish(by="t@x.example")
    return made


def programme(workspace: Workspace, *, launched: bool = True, **more: Any) -> Programme:
    """After every interaction, by e-mail, at any hour, unless said otherwise."""
    fill(workspace.pk, actor="t@x.example")
    given: dict[str, Any] = {
        "name": "After calls", "kind": Kind.TRANSACTIONAL, "survey": more.pop("survey", None) or survey(workspace),
        "purpose": Purpose.objects.get(workspace=workspace, key="feedback"), "window_start": time.min, "window_end": time.min, **more,
    }  # fmt: skip
    made = Programme(workspace=workspace, **given)
    made.keep(by="t@x.example")
    if launched:
        made.launch(by="t@x.example", now=timezone.now() - timedelta(minutes=1))
    return Programme.objects.get(pk=made.pk)


def call(workspace: Workspace, user: str, *, id: str = "", ago: timedelta = timedelta(), **context: Any) -> None:
    """A call of a customer who has an e-mail address, recorded."""
    at = (timezone.now() - ago).isoformat()
    send(
        workspace,
        {"type": "identify", "messageId": f"i-{user}-{id}", "userId": user, "traits": {"email": f"{user}@mail.example", **context.pop("traits", {})}},
        track(id or f"call-{user}", user=user, event="Call Ended", timestamp=at, **context),
    )  # fmt: skip


def follow() -> None:
    """What follows from what was sent: recorded, and told to whoever wants to know."""
    project_all()
    while sum(consume(one) for one in subscriptions()):
        pass
