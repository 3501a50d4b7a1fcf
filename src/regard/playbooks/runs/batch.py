"""Runs that have come to the same step, and what is known of the occasion of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from regard.care.queues.people import People
from regard.customers.people.models import Profile
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.responses.models import Response
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.enter import BY
from regard.playbooks.runs.models import Run
from regard.playbooks.runs.queries import score_in
from regard.workspace.units.models import Unit

#: What can stand in the holes of texts.
KNOWN = ("name", "score", "touchpoint", "unit", "channel", "words", "case", "company")


@dataclass
class Batch:
    """Runs of one playbook that have come to one step."""

    playbook: Playbook
    runs: Sequence[Run]
    now: datetime

    @property
    def by(self) -> str:
        return f"{BY}{self.playbook.name}"

    @cached_property
    def people(self) -> People:
        return People(self.playbook.workspace_id)

    @cached_property
    def places(self) -> tuple[dict[int, str], dict[int, str]]:
        points = {one.about.get("touchpoint", 0) for one in self.runs}
        units = {one.about.get("unit", 0) for one in self.runs}
        mine = {"workspace": self.playbook.workspace_id}
        return (
            dict(Touchpoint.objects.filter(pk__in=points, **mine).values_list("pk", "name")),
            dict(Unit.objects.filter(pk__in=units, **mine).values_list("pk", "name")),
        )

    @cached_property
    def customers(self) -> dict[int, Profile]:
        """Profile → whose it is today."""
        found = Profile.objects.filter(pk__in=[one.profile_id for one in self.runs if one.profile_id]).select_related("merged_into")
        return {one.pk: one.merged_into or one for one in found}

    @cached_property
    def responses(self) -> dict[UUID, Response]:
        known = [UUID(one.about["response"]) for one in self.runs if one.about.get("response")]
        found = Response.objects.filter(pk__in=known, workspace=self.playbook.workspace_id, test=False)
        return {one.pk: one for one in found.select_related("version__survey", "profile", "programme", "link")}

    def response(self, run: Run) -> Response | None:
        return self.responses.get(UUID(run.about["response"])) if run.about.get("response") else None

    def unit(self, run: Run) -> int:
        unit = run.about.get("unit", 0)
        return unit if unit in self.people.paths else self.people.root

    def values(self, run: Run) -> dict[str, str]:
        """What can be said of the occasion."""
        points, units = self.places
        about, customer = run.about, self.customers.get(run.profile_id or 0)
        found = {
            "name": customer.name if customer else "", "score": score_in(about), "touchpoint": points.get(about.get("touchpoint", 0), ""),
            "unit": units.get(about.get("unit", 0), ""), "channel": about.get("channel", ""), "words": about.get("words", ""),
            "case": f"#{run.case.number}" if run.case else "", "company": self.playbook.workspace.name,
        }  # fmt: skip
        traits = customer.traits if customer else {}
        return found | {f"trait:{name}": str(value) for name, value in traits.items() if isinstance(value, str | int | float)}


#: What became of it, by run: a sentence for the log.
Told = dict[int, str]
