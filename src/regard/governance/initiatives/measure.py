"""What came of an initiative, worked out by what its roll-out allows; or why it cannot be told."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from regard.governance.initiatives.hold_outs import HOLD_OUTS, of_campaign
from regard.governance.initiatives.models import Initiative, Measurement, Stage
from regard.governance.initiatives.queries import grid
from regard.science.estimate import Estimate
from regard.science.rollout import rollout


def measure(initiative: Initiative, *, now: datetime) -> Measurement | None:
    """By units that have it, by customers who are left alone, or both; None before there is any of them."""
    since = dict(initiative.units.values_list("unit", "since"))
    result = worked_out(initiative, since, today=now.astimezone(initiative.workspace.zone).date()) if since else {}
    if initiative.compared_by_chance:
        result["held_out"] = held_out(initiative)
    if not result:
        return None
    return Measurement.objects.create(initiative=initiative, at=now, result=result)


def worked_out(initiative: Initiative, since: dict[int, date], *, today: date) -> dict[str, Any]:
    """As it is kept: estimates in points, with their intervals."""
    found = grid(initiative.workspace, initiative.metric, initiative.touchpoints, since, today=today)
    told = rollout(found.cells)
    compared = sorted(name for place, name in found.places.items() if place not in since)
    return {
        "effect": _plain(told.effect), "placebo": _plain(told.placebo), "trusted": told.trusted, "why": told.why, "step": found.step,
        "method": "staggered" if len(set(since.values())) > 1 else "difference", "compared": compared[:20],
        "without": [[found.places.get(unit, "?"), value] for unit, value in told.without],
        "path": [[period, _plain(one)] for period, one in told.path],
    }  # fmt: skip


def held_out(initiative: Initiative) -> dict[str, Any] | None:
    """None where there is no such playbook any more."""
    found, where = None, initiative.touchpoints
    if initiative.campaign is not None:
        found = of_campaign(initiative.campaign, initiative.metric, where)
    elif initiative.playbook is not None:
        found = HOLD_OUTS.measured(initiative.workspace_id, initiative.playbook, initiative.metric, where)
    return None if found is None else {**asdict(found), "effect": _plain(found.effect)}


def _plain(found: Estimate | None) -> dict[str, float] | None:
    """JSON knows no NaN."""
    if found is None:
        return None
    values = {"value": found.value, "low": found.low, "high": found.high, "n": found.n}
    return {name: value for name, value in values.items() if value == value}


def measure_all(*, now: datetime) -> int:
    count = 0
    for one in Initiative.objects.filter(stage__in=(Stage.UNDER_WAY, Stage.DONE)).select_related("workspace"):
        count += measure(one, now=now) is not None
    return count
