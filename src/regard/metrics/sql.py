"""Query → one ClickHouse statement. Every value is bound; what is written into the text comes from our own tables of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isfinite
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regard.metrics.dimensions import Expression, Names
from regard.metrics.period import BadQuery
from regard.metrics.query import Filter, Query

MOST_GROUPS = 1_000
#: What an answer that is on its scale counts as where scores of customers are compared: points of the NPS, % of the CSAT, else of its scale.
POINTS = "multiIf(metric = 'nps', box * 100.0, metric = 'csat', if(box = 1, 100.0, 0.0), assumeNotNull(score))"


@dataclass
class Statement:
    sql: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass
class Parts:
    """What a statement binds, gathered while its text is put together."""

    values: dict[str, object] = field(default_factory=dict)
    traits: dict[str, str] = field(default_factory=dict)  # column of the mirror's side of the join → its SQL
    worked: list[str] = field(default_factory=list)  # what that side is joined with in turn
    count: int = 0

    def add(self, expression: Expression) -> str:
        """The expression's SQL with names of its own for what it binds: a dimension may be used more than once."""
        self.count += 1
        sql, worked = expression.sql.replace("$worked", f"worked_{self.count}.value"), expression.worked
        for name, value in expression.values.items():
            sql, worked = (one.replace(f"{{{name}:", f"{{{name}_{self.count}:") for one in (sql, worked))
            self.values[f"{name}_{self.count}"] = value
        if worked:
            rows = f"select customer, value from computed where $workspace and {worked}"
            self.worked.append(
                f" any left join ({rows}) as worked_{self.count} on people.customer = worked_{self.count}.customer"
            )
        if not expression.of_people:
            return sql
        self.traits[f"trait_{self.count}"] = sql
        return expression.read.replace("{}", f"person.trait_{self.count}")

    def join(self) -> str:
        """One row of the mirror for each profile, with no more than the traits that are asked for: whole maps cost ten times."""
        if not self.traits:
            return ""
        traits = ", ".join(f"{sql} as {name}" for name, sql in self.traits.items())
        people = f"select profile, {traits} from people final{''.join(self.worked)} where $workspace"
        return f" any left join ({people}) as person on ledger.profile = person.profile"


def statement(query: Query, names: Names, zone: ZoneInfo, *, unnamed: Sequence[str] = ()) -> Statement:
    """Columns: `key` (absent without a breakdown), `now` (1: the period, 0: the one compared with), with `unnamed` programmes whether
    it is of them, then the measure's sums.
    """
    parts = Parts()
    keys = ["1 as now"]
    if query.by:
        keys.insert(0, f"{parts.add(query.by.dimension.expression(names, query.by.argument, str(zone)))} as key")
    conditions = ["$scope", query.measure.rows, *(condition(filter, names, zone, parts) for filter in query.filters)]
    conditions += _period(query, zone, parts, keys)
    groups = "key, now" if query.by else "now"
    if unnamed:
        keys.append("programme in {unnamed:Array(String)} as unnamed")
        parts.values["unnamed"] = list(unnamed)
        groups += ", unnamed"
    sums = [f"{sql} as {name}" for name, sql in query.measure.sums.items()]
    source = f"ledger{parts.join()}"
    limit = f" order by n desc limit {(4 if unnamed else 2) * MOST_GROUPS}" if query.by else ""
    sql = f"select {', '.join(keys + sums)} from {source} where {' and '.join(conditions)} group by {groups}{limit}"
    return Statement(sql, parts.values)


def _period(query: Query, zone: ZoneInfo, parts: Parts, keys: list[str]) -> list[str]:
    first, after = query.period.bounds(zone)
    conditions = []
    if query.compared:
        earlier, until = query.compared.bounds(zone)
        assert first and after and earlier and until  # a period that is compared is closed
        parts.values |= {"first": stamp(first), "earlier": stamp(earlier), "until": stamp(until)}
        moment = "{first:DateTime64(3, 'UTC')}"
        keys[-1] = f"at >= {moment} as now"
        conditions.append("at >= {earlier:DateTime64(3, 'UTC')}")
        if until < first:
            conditions.append(f"(at < {{until:DateTime64(3, 'UTC')}} or at >= {moment})")
    elif first:
        parts.values["first"] = stamp(first)
        conditions.append("at >= {first:DateTime64(3, 'UTC')}")
    if after:
        parts.values["after"] = stamp(after)
        conditions.append("at < {after:DateTime64(3, 'UTC')}")
    return conditions


def condition(filter: Filter, names: Names, zone: ZoneInfo, parts: Parts) -> str:
    dimension = filter.by.dimension
    values: list[object] = dimension.values(names, filter.values) if dimension.values else list(filter.values)
    if dimension.type == "Date":
        values = [_date(value) for value in filter.values]
    expression, type = dimension.expression(names, filter.by.argument, str(zone)), dimension.type
    sql = parts.add(expression)
    if expression.numeric:
        sql, type = f"ifNull(toFloat64OrNull({sql}), nan)", "Float64"
        values = [number for value in filter.values if (number := _number(value)) is not None]
    listed = parts.add(Expression(f"{{wanted:Array({type})}}", {"wanted": values}))
    return f"({sql}) {'not in' if filter.excluded else 'in'} {listed}"


def _date(text: str) -> object:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise BadQuery(_("“%(text)s” is not a date; write it as 2026-11-22.") % {"text": text[:40]}, "where") from None


def _number(text: str) -> float | None:
    """None for what is no number, and so nobody's."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
