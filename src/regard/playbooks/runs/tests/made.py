"""Playbooks and answers for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from regard.jobs.consume import consume
from regard.ledger.record.project import project_all
from regard.listening.links.models import Link
from regard.listening.programmes.tests.made import survey
from regard.listening.responses.answer import Origin, begin, complete
from regard.listening.responses.models import Response
from regard.playbooks.rules.definition import read
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.run import run_due
from regard.site.wiring import subscriptions
from regard.workspace.workspaces.models import Workspace

HARD = {"kind": "answered", "metric": "ces", "op": "<=", "score": 3}


def playbook(workspace: Workspace, *steps: dict[str, Any], on: bool = True, **more: Any) -> Playbook:
    """After answers that say that it was hard, unless said otherwise."""
    name, most = more.pop("name", "Recovery"), more.pop("most_per_hour", 500)
    made = Playbook(workspace=workspace, name=name, most_per_hour=most)
    rule = read({"when": more.pop("when", HARD), "then": list(steps) or [{"do": "case"}], "rest_days": 0, **more})
    made.keep([rule], by="t@x.example")
    if on:
        made.switch_on(by="t@x.example", now=timezone.now() - timedelta(minutes=1))
    return made


def answer(workspace: Workspace, effort: int = 1, *, profile: int | None = None, words: str = "Nobody called back", key: str = "k") -> Response:
    from regard.listening.surveys.models import Survey

    asked = Survey.objects.filter(workspace=workspace).first() or survey(workspace)
    link = Link.objects.filter(survey=asked).first() or Link.objects.create(survey=asked, name="Poster", channel="phone")
    origin = Origin.of_link(link, profile=profile)
    made = begin(origin, asked.published, key=key.ljust(30, "k"), language="fr", now=timezone.now(), answers={"effort": effort, "why": words})
    return complete(made, now=timezone.now())


def follow() -> None:
    """What follows from what happened: recorded, told, and done."""
    project_all()
    while sum(consume(one) for one in subscriptions()) or run_due():
        pass
