"""Pulse: how customers are doing now, in one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.dashboards.pulse.headline import headline
from regard.insights.verbatims.queries import verbatims
from regard.insights.verbatims.quotes import Quote, quotes
from regard.metrics import shown
from regard.metrics.dimensions import Names
from regard.metrics.period import Period
from regard.metrics.query import Compare, Query, read_query
from regard.metrics.result import Result
from regard.metrics.run import run
from regard.warehouse.scope import Scope
from regard.web.charts import Chart
from regard.web.components.score import ScoreCard
from regard.workspace.workspaces.models import Workspace

SCORES = ("nps", "csat", "ces")
#: The metrics that can tell touchpoints apart, the best known first.
_BY_TOUCHPOINT = ("csat", "nps", "ces", "rating")
LOWEST = 5
#: Answers about the relationship are those that are about no touchpoint.
_RELATIONSHIP = ("touchpoint=no touchpoint",)


@dataclass(frozen=True)
class Low:
    """A touchpoint among the lowest."""

    name: str
    figure: str
    interval: str
    n: int
    share: float
    below: bool
    href: str


@dataclass(frozen=True)
class Pulse:
    """Everything the page shows. `empty` when nothing has come in yet at all."""

    title: str
    empty: bool
    quiet: bool
    cards: list[ScoreCard]
    trend: Chart | None
    trend_title: str
    one_moment: str
    lowest: list[Low]
    lowest_title: str
    quotes: list[Quote]
    quotes_total: int


def pulse(
    scope: Scope, workspace: Workspace, *, period: Period, compare: Compare, today: date, with_people: bool
) -> Pulse:
    """Raises WarehouseAway when the ledger does not answer."""
    ask = partial(_ask, scope, workspace, period, today, compare=compare, names=Names.of(workspace.pk))
    relationship = ask("nps", where=_RELATIONSHIP)
    of_relationship = relationship.total.n > 0
    results = {name: ask(name) for name in (*SCORES, "interactions") if name != "nps" or not of_relationship}
    if of_relationship:  # two programmes mixed into one number hide what either does
        results["nps"] = relationship
    lead = _lead(results)
    where = _RELATIONSHIP if lead == "nps" and of_relationship else ()
    by_week = ask(lead, by="week" if (period.days or 999) <= 400 else "month", compare="", where=where)
    places = _places(ask)
    said = verbatims(scope, workspace, period=period, limit=4)
    explore = reverse("explore:index")
    return Pulse(
        title=headline(results[lead], places),
        empty=not any(result.total.n for result in results.values()) and _never(scope, workspace, today),
        quiet=not any(result.total.n for result in results.values()),
        cards=[
            shown.card(
                results[name],
                href=shown.asked_again(results[name].query, explore),
                note=_("relationship: answers about no single touchpoint") if name == "nps" and of_relationship else "",
            )
            for name in (*SCORES, "interactions")
        ],
        trend=shown.chart(by_week, wide=720, height=290),
        trend_title=_("%(metric)s by %(grain)s")
        % {
            "metric": by_week.query.measure.title,
            "grain": by_week.query.by.title if by_week.query.by else "",
        },
        one_moment=_one_moment(by_week),
        lowest=_lowest(places, explore),
        lowest_title=str(places.query.measure.title) if places else "",
        quotes=quotes(said.verbatims, scope, with_people=with_people),
        quotes_total=said.total,
    )


def _ask(
    scope: Scope,
    workspace: Workspace,
    period: Period,
    today: date,
    metric: str,
    *,
    by: str = "",
    where: Sequence[str] = (),
    compare: Compare = "",
    names: Names,
) -> Result:
    query: Query = replace(read_query(metric=metric, by=by, where=where, today=today), period=period, compare=compare)
    return run(query, scope, workspace, names=names)


def _lead(results: dict[str, Result]) -> str:
    """NPS is the headline while there is any; else the score with the most answers."""
    return max(SCORES, key=lambda name: (name == "nps" and results[name].total.n > 0, results[name].total.n))


def _one_moment(course: Result) -> str:
    """Which week or month all answers are from, when they are all from one: it makes no trend yet."""
    known = [row for row in course.rows if row.value is not None]
    if len(known) != 1 or course.query.by is None:
        return ""
    return shown.when(known[0].key, course.query.by.dimension.name)[0]


def _places(ask: partial[Result]) -> Result | None:
    """The first metric that is known at two touchpoints or more."""
    for metric in _BY_TOUCHPOINT:
        found = ask(metric, by="touchpoint", compare="")
        if sum(1 for row in found.rows if row.key and not row.too_few) >= 2:
            return found
    return None


def _lowest(places: Result | None, explore: str) -> list[Low]:
    if places is None:
        return []
    rows = sorted(
        (row for row in places.rows if row.key and not row.too_few and row.value is not None),
        key=lambda row: row.value or 0.0,
    )
    low, high = {"points": (-100.0, 100.0), "percent": (0.0, 100.0), "of 7": (1.0, 7.0)}.get(
        places.unit, (0.0, max((row.value or 0.0 for row in rows), default=1.0))
    )
    write = shown.full(places.unit)
    return [
        Low(
            name=row.label,
            figure=write(row.value or 0.0),
            interval=shown.margin(row, places.unit),
            n=row.n,
            share=((row.value or 0.0) - low) / ((high - low) or 1.0),
            below=bool(row.against_rest and row.against_rest.significant and not row.against_rest.good),
            href=shown.asked_again(places.query, explore, by="week", where=f"touchpoint={row.label}"),
        )
        for row in rows[:LOWEST]
    ]


def _never(scope: Scope, workspace: Workspace, today: date) -> bool:
    """Nothing has ever come in (of what the reader may see)."""
    return all(
        run(read_query(metric=name, today=today), scope, workspace).total.n == 0 for name in ("interactions", "answers")
    )
