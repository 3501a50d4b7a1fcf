"""Answers by unit and period, from which an initiative's effect follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from regard.governance.initiatives.models import Initiative, InitiativeUnit, Measurement, Outcome, newest
from regard.governance.initiatives.shown import best
from regard.ledger.touchpoints.models import Touchpoint
from regard.metrics.changes import Mark
from regard.science.rollout import NEVER, Cells, cells
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.units.models import branches
from regard.workspace.workspaces.models import Workspace

#: What a score counts as.
_VALUES = {
    Outcome.NPS: "box * 100.0", Outcome.CSAT: "if(box = 1, 100.0, 0.0)", Outcome.CES: "assumeNotNull(score)", Outcome.RATING: "assumeNotNull(score)",
}  # fmt: skip
_STEPS = {"week": "toStartOfWeek(at, 1, {zone:String})", "month": "toStartOfMonth(at, {zone:String})"}
#: A week with fewer answers in a unit says too little.
_ENOUGH = 15
#: How far back is looked.
_DAYS = 750


@dataclass(frozen=True)
class Grid:
    """`places`: code → the unit's name. `step`: week or month."""

    cells: Cells
    places: Mapping[int, str]
    step: str


def grid(workspace: Workspace, metric: str, touchpoints: Sequence[int], since: Mapping[int, date], *, today: date) -> Grid:
    """`since`: unit → from when on it, and all below it, has the improvement. Every other unit that has such answers is compared with;
    what lies above one that has it is left out. So is the period in which it came.
    """
    tree = branches(workspace.pk)
    top = {one.id: next((above for above in reversed(one.path) if above in since), one.id) for one in tree}
    above = {unit for one in tree if one.id in since for unit in one.path[:-1]}
    known = {one.id: top[one.id] for one in tree if one.id not in above}
    step = "week"
    rows = _rows(workspace, metric, touchpoints, known, step, today)
    if rows and float(np.median([row[2] for row in rows])) < _ENOUGH:
        step = "month"
        rows = _rows(workspace, metric, touchpoints, known, step, today)
    found = [(place, period, n, mean, variance, _since(period, since.get(place), step)) for place, period, n, mean, variance in rows]
    found = [row for row in found if row[5] is not None]
    names = {one.id: one.name for one in tree}
    columns: list[Any] = list(zip(*found, strict=True)) or [[]] * 6
    made = cells(
        unit=columns[0], period=[_number(one, step) for one in columns[1]], n=columns[2], mean=columns[3], variance=columns[4], since=columns[5]
    )
    return Grid(made, {place: names.get(place, "?") for place in {row[0] for row in found}}, step)


def marks(workspace: int, metric: str, touchpoints: Sequence[str]) -> list[Mark]:
    """When each initiative that is measured so came to units: one for each day. `touchpoints` by name; none: any."""
    found: dict[tuple[int, date], list[str]] = {}
    titles: dict[int, str] = {}
    names = {name.casefold() for name in touchpoints}
    about = dict(Touchpoint.objects.filter(workspace=workspace).values_list("pk", "name"))
    rows = InitiativeUnit.objects.filter(initiative__workspace=workspace, initiative__metric=metric).select_related("initiative__workspace", "unit")
    told: dict[int, str] = {}
    measured = newest(Initiative.objects.filter(workspace=workspace, metric=metric))
    for one in rows:
        mine = {about.get(pk, "").casefold() for pk in one.initiative.touchpoints}
        if names and mine and not names & mine:
            continue
        if one.initiative_id not in titles:
            titles[one.initiative_id], told[one.initiative_id] = one.initiative.title, _result(one.initiative, measured.get(one.initiative_id))
        found.setdefault((one.initiative_id, one.since), []).append(one.unit.name)
    return [Mark(day, f"{titles[pk]} ({', '.join(units)}){told[pk]}") for (pk, day), units in found.items()]


def _result(initiative: Initiative, measured: Measurement | None) -> str:
    """What came of it, where that can be told."""
    result = best(initiative, measured) if measured else None
    return f": {result.value} ({result.interval})" if result is not None and result.told else ""


def _rows(
    workspace: Workspace, metric: str, touchpoints: Sequence[int], known: Mapping[int, int], step: str, today: date
) -> list[tuple[int, date, int, float, float]]:  # fmt: skip
    where = ["$scope", "kind = 'answer'", "isNotNull(score)", "metric = {metric:String}", "at >= {first:Date}", "at < {today:Date}", "box != -128"]
    values: dict[str, object] = {
        "metric": metric, "ids": list(known), "tops": list(known.values()), "first": today - timedelta(days=_DAYS), "today": today,
        "zone": workspace.time_zone,
    }  # fmt: skip
    if touchpoints:
        where.append("touchpoint in {points:Array(UInt32)}")
        values["points"] = list(touchpoints)
    value = _VALUES[Outcome(metric)]
    sql = (
        f"select transform(unit, {{ids:Array(UInt32)}}, {{tops:Array(UInt32)}}, toUInt32(0)) as place, toDate({_STEPS[step]}) as period, "
        f"count() as n, avg({value}), if(count() > 1, varSamp({value}), 0) from ledger where {' and '.join(where)} "
        "group by place, period having place != 0 order by place, period"
    )
    rows = warehouse().select(Scope(workspace.pk), sql, values)
    return [(int(place), period, int(n), float(mean), float(variance)) for place, period, n, mean, variance in rows]


def _number(day: date, step: str) -> int:
    return day.toordinal() // 7 if step == "week" else day.year * 12 + day.month


def _since(period: date, came: date | None, step: str) -> int | None:
    """How many periods it has been there; None for the one in which it came."""
    if came is None:
        return NEVER
    if period >= came:
        first = came if _begins(came, step) else _next(came, step)
        return _number(period, step) - _number(first, step)
    behind = _number(period, step) - _number(came, step)
    return None if behind == 0 else behind


def _begins(day: date, step: str) -> bool:
    return day.weekday() == 0 if step == "week" else day.day == 1


def _next(day: date, step: str) -> date:
    return day + timedelta(days=7 - day.weekday()) if step == "week" else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
