"""The catalogue with what happens at each touchpoint and how customers score it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from regard.ledger.touchpoints.models import Stage, Touchpoint
from regard.metrics import shown
from regard.metrics.dimensions import Names
from regard.metrics.period import Period
from regard.metrics.query import read_query
from regard.metrics.result import Result, Row
from regard.metrics.run import run
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

SCORES = ("csat", "nps", "ces")


@dataclass(frozen=True)
class Score:
    """A score at a touchpoint, with how it stands against the rest."""

    name: str
    figure: str
    margin: str
    tone: str
    n: int
    few: bool
    href: str


@dataclass(frozen=True)
class Place:
    touchpoint: Touchpoint
    interactions: int
    answers: int
    scores: list[Score]


@dataclass(frozen=True)
class StageGroup:
    name: str
    label: str
    places: list[Place]


@dataclass(frozen=True)
class Catalogue:
    stages: list[StageGroup]
    retired: list[Touchpoint]
    unmapped: int
    lowest: str
    size: int


def catalogue(scope: Scope, workspace: Workspace, *, period: Period, today: date) -> Catalogue:
    """Raises WarehouseAway when the ledger does not answer."""
    names = Names.of(workspace.pk)
    found = {
        name: _by_touchpoint(name, scope, workspace, period, today, names)
        for name in ("interactions", "answers", *SCORES)
    }
    rows = {name: {row.key: row for row in result.rows} for name, result in found.items()}
    touchpoints = list(Touchpoint.objects.filter(workspace=workspace).select_related("owner"))
    live = [touchpoint for touchpoint in touchpoints if touchpoint.retired is None]
    places = [_place(touchpoint, rows, found) for touchpoint in live]
    groups = [
        StageGroup(
            stage.value,
            str(stage.label),
            [place for place in places if place.touchpoint.stage == stage.value],
        )
        for stage in Stage
    ]
    loose = rows["interactions"].get(0)
    return Catalogue(
        stages=[group for group in groups if group.places],
        retired=[touchpoint for touchpoint in touchpoints if touchpoint.retired],
        unmapped=loose.n if loose else 0,
        lowest=_lowest(found),
        size=len(live),
    )


def _by_touchpoint(
    metric: str, scope: Scope, workspace: Workspace, period: Period, today: date, names: Names
) -> Result:
    query = replace(read_query(metric=metric, by="touchpoint", today=today), period=period)
    return run(query, scope, workspace, names=names)


def _place(touchpoint: Touchpoint, rows: dict[str, dict[object, Row]], found: dict[str, Result]) -> Place:
    def counted(name: str) -> int:
        row = rows[name].get(touchpoint.pk)
        return row.n if row else 0

    scores = [_score(rows[name][touchpoint.pk], found[name]) for name in SCORES if touchpoint.pk in rows[name]]
    return Place(touchpoint, counted("interactions"), counted("answers"), scores)


def _score(row: Row, result: Result) -> Score:
    against = row.against_rest
    tone = ("good" if against.good else "bad") if against and against.significant else ""
    href = shown.asked_again(result.query, reverse("explore:index"), by="week", where=f"touchpoint={row.label}")
    figure = shown.full(result.unit)(row.value) if row.value is not None else "–"
    return Score(
        str(result.query.measure.title),
        figure,
        shown.margin(row, result.unit),
        tone,
        row.n,
        row.too_few,
        href,
    )


def _lowest(found: dict[str, Result]) -> str:
    """The touchpoint that is below the rest beyond chance, on the first score that tells."""
    for name in SCORES:
        below = [
            row
            for row in found[name].rows
            if row.key
            and not row.too_few
            and row.against_rest
            and row.against_rest.significant
            and not row.against_rest.good
        ]
        if below:
            return min(below, key=lambda row: row.value or 0.0).label
    return ""
