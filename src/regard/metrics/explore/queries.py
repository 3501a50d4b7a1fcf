"""Explore: any metric by any breakdown, as one page shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.metrics import shown
from regard.metrics.changes import CHANGES, Mark
from regard.metrics.dimensions import DIMENSIONS, Names
from regard.metrics.explore.title import title
from regard.metrics.measures import MEASURES
from regard.metrics.period import Period
from regard.metrics.query import Query, read_query
from regard.metrics.result import Change, Result, Row
from regard.metrics.run import run
from regard.segments.computed.queries import names as computed_names
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.web.charts import Chart
from regard.web.components.score import Delta
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Line:
    """One row of the table. `stands` says how it compares with the rest, `tone` in which colour."""

    label: str
    figure: str
    interval: str
    change: Delta | None
    n: int
    too_few: bool
    stands: str
    tone: str
    href: str


@dataclass(frozen=True)
class Chip:
    """A filter that is set: its words, and the address without it."""

    text: str
    without: str


@dataclass(frozen=True)
class Exploration:
    title: str
    unit: str
    chart: Chart | None
    lines: list[Line]
    total: Line
    by_title: str
    metric_title: str
    formula: str
    chips: list[Chip]
    compared: Period | None
    compares: bool
    more: bool
    withheld: int
    #: What changed in the time that is shown.
    changes: list[Mark]


#: What a first visit is shown, the likeliest to say something first.
_FIRST_METRICS = ("csat", "nps", "ces", "rating", "interactions")
_FIRST_BREAKDOWNS = ("touchpoint", "programme", "region", "channel")


def begun(given: QueryDict, period: Period, scope: Scope, workspace: Workspace) -> QueryDict:
    """The address with a metric that has rows, and a breakdown with groups to compare, where it names none."""
    if given.get("metric"):
        return given
    known, names = given.copy(), Names.of(workspace.pk)

    def ask(metric: str, by: str = "") -> Result:
        query = replace(read_query(metric=metric, by=by, today=date.min), period=period)
        return run(query, scope, workspace, names=names)

    metric = next((name for name in _FIRST_METRICS if ask(name).total.n), "nps")
    known["metric"] = metric
    if "by" not in given:
        told = (by for by in _FIRST_BREAKDOWNS if sum(1 for row in ask(metric, by).rows if row.key) >= 2)
        known["by"] = next(told, "week")
    return known


def read(given: QueryDict, period: Period) -> Query:
    """The query of a page's address; what is missing gets its usual value. Raises BadQuery for what makes
    no sense.
    """
    metric, by = given.get("metric", "nps"), _none(given.get("by", "touchpoint"))
    compare = _none(given.get("compare", "previous")) if period.days else ""
    where = [text for text in given.getlist("where") if text]
    if (name := given.get("filter", "")) and (value := given.get("value", "").strip()):
        where.append(f"{name}={value}")
    start = {
        "first": period.first.isoformat() if period.first else "",
        "last": period.last.isoformat() if period.last else "",
    }
    return read_query(metric=metric, by=by, where=where, compare=compare, today=date.min, **start)


def _none(choice: str) -> str:
    """An empty choice of a list is written “none”: empty fields are not sent."""
    return "" if choice == "none" else choice


def explore(query: Query, scope: Scope, workspace: Workspace) -> Exploration:
    """Raises BadQuery for names that do not exist, WarehouseAway when the ledger does not answer."""
    result = run(query, scope, workspace)
    by = query.by
    changes = _changes(query, scope)
    return Exploration(
        title=title(result),
        unit=result.unit,
        chart=shown.chart(result, changes=changes),
        changes=changes if by and by.dimension.is_time else [],
        lines=[_line(row, result) for row in result.rows] if by else [],
        total=_line(result.total, result),
        by_title=by.title[:1].upper() + by.title[1:] if by else "",
        metric_title=str(query.measure.title),
        formula=result.formula,
        chips=_chips(query),
        compared=result.compared,
        compares=result.compared is not None and not (by and by.dimension.is_time),
        more=result.more,
        withheld=result.withheld,
    )


def _changes(query: Query, scope: Scope) -> list[Mark]:
    """Those of the period, in their order."""
    points = [value for one in query.filters if one.by.name == "touchpoint" and not one.excluded for value in one.values]
    first, last = query.period.first or date.min, query.period.last or date.max
    found = CHANGES.told(scope.workspace, query.measure.name, points)
    return sorted((one for one in found if first <= one.day < last), key=lambda one: one.day)[:20]


def _line(row: Row, result: Result) -> Line:
    by, unit = result.query.by, result.unit
    label = shown.when(row.key, by.dimension.name)[0] if by and by.dimension.is_time else row.label
    stands, tone = _stands(row.against_rest)
    return Line(
        label=label,
        figure="–" if row.value is None else shown.full(unit)(row.value),
        interval=shown.interval(row, unit),
        change=shown.delta(row.change, unit, against=" "),
        n=row.n,
        too_few=row.too_few and unit != "count",
        stands=stands,
        tone=tone,
        href=_closer(row, result),
    )


def _stands(against: Change | None) -> tuple[str, str]:
    if against is None or not against.significant:
        return "", ""
    word = _("above the rest") if against.up else _("below the rest")
    return word, "good" if against.good else "bad"


def _closer(row: Row, result: Result) -> str:
    """From a group to its course over time."""
    by = result.query.by
    if by is None or by.dimension.is_time or not row.label:
        return ""
    where = [*_where(result.query), f"{by.name}={row.label}"]
    return shown.asked_again(result.query, reverse("explore:index"), by="week") + "&" + urlencode({"where": where[-1]})


def _where(query: Query) -> list[str]:
    return [f"{f.by.name}{'!' if f.excluded else ''}={value}" for f in query.filters for value in f.values]


def _chips(query: Query) -> list[Chip]:
    chips = []
    for place, one in enumerate(query.filters):
        rest = tuple(other for at, other in enumerate(query.filters) if at != place)
        values = _(" or ").join(one.values)
        said = {"name": one.by.title, "values": values}
        text = (_("%(name)s is not %(values)s") if one.excluded else _("%(name)s is %(values)s")) % said
        chips.append(Chip(text, shown.asked_again(replace(query, filters=rest), reverse("explore:index"))))
    return chips


def metrics_offered() -> dict[str, str]:
    return {name: str(measure.title) for name, measure in MEASURES.items()}


def breakdowns_offered(scope: Scope) -> dict[str, str]:
    """The dimensions, and the traits and properties that there are."""
    plain = {"": _("nothing")} | {name: str(one.title) for name, one in DIMENSIONS.items() if not one.takes_argument}
    traits = [*computed_names(scope.workspace), *_keys(scope, "people", "traits")]
    return (
        plain
        | {f"trait:{name}": _("trait “%(name)s”") % {"name": name} for name in traits}
        | {f"trait_then:{name}": _("trait “%(name)s” at the time") % {"name": name} for name in _changed(scope)}
        | {f"property:{name}": _("property “%(name)s”") % {"name": name} for name in _keys(scope, "ledger", "props")}
    )


def _changed(scope: Scope) -> list[str]:
    """Traits of which more than one thing was believed in the course of time."""
    sql = (
        "select arrayJoin(mapKeys(mapFilter((name, steps) -> length(steps) > 1, then))) as name, count() as n "
        "from (select then from people where $workspace limit 20000) group by name order by n desc, name limit 20"
    )
    return [name for name, _n in warehouse().select(scope, sql)]


def _keys(scope: Scope, table: str, column: str) -> list[str]:
    """The most frequent names in a map, from a sample: enough for a list to choose from."""
    condition = "$workspace" if table == "people" else "$scope"
    sql = (
        f"select arrayJoin(mapKeys({column})) as name, count() as n from (select {column} from "
        f"{table} where {condition} limit 20000) "
        "group by name order by n desc, name limit 20"
    )
    return [name for name, _n in warehouse().select(scope, sql)]
