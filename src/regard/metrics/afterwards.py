"""What customers answered, and what they did, after a moment that is each one's own: what groups of them are compared by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from regard.metrics.sql import POINTS, stamp
from regard.segments.compile import WHO, WITH_CUSTOMERS
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Sums:
    """Of one group: how many customers, Σx and Σx² of what they scored (NPS: −100, 0 or 100 each; CSAT: 0 or 100) or spent."""

    n: int
    total: float
    squares: float

    def with_more(self, n: Any, total: Any, squares: Any) -> Sums:
        return Sums(self.n + int(n), self.total + float(total), self.squares + float(squares))


#: Customers, each once: since when, and which group they belong to. Taken as they come, never all held.
Since = Iterable[tuple[int, datetime, int]]

#: So many customers go with one statement: a server takes no more than 128 KiB in one value and 1 MiB in an address.
_AT_ONCE = 10_000

_TOLD = """(
    select one.1 as customer, one.2 as moment, one.3 as side from
    (select arrayJoin(arrayZip({who:Array(UInt64)}, {since:Array(Int64)}, {side:Array(Int32)})) as one)
) as told on """
#: The two bounds that hold for all let ClickHouse leave out whole months.
_AFTERWARDS = """at > {first:DateTime64(3, 'UTC')} and at < {last:DateTime64(3, 'UTC')} and toUnixTimestamp(at) > told.moment
    and toUnixTimestamp(at) < told.moment + {days:UInt32} * 86400
    and (empty({touchpoints:Array(UInt32)}) or touchpoint in {touchpoints:Array(UInt32)})"""


def answers_after(scope: Scope, since: Since, *, days: int, touchpoints: Sequence[int] = ()) -> dict[tuple[str, int], Sums]:
    """By metric and group: each customer's first answer (about one of these touchpoints, where any are named) within so many days after their
    moment.
    """
    sql = f"""
        select metric, side, count(), sum(said), sum(said * said) from (
            select {WHO} as who, metric, any(told.side) as side, argMin({POINTS}, at) as said
            from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'answer' and isNotNull(score) and box != -128 and {_AFTERWARDS}
            group by who, metric
        ) group by metric, side
    """
    found: defaultdict[tuple[str, int], Sums] = defaultdict(lambda: Sums(0, 0.0, 0.0))
    for some in _bound(since, days, touchpoints):
        for metric, side, n, total, squares in warehouse().select(scope, sql, some):
            found[metric, int(side)] = found[metric, int(side)].with_more(n, total, squares)
    return dict(found)


def acted_after(scope: Scope, since: Since, *, days: int, touchpoints: Sequence[int]) -> dict[int, int]:
    """By group: how many had an interaction (at one of these touchpoints, where any are named) within so many days after their moment."""
    sql = f"""
        select side, uniqExact(who) from (
            select {WHO} as who, told.side as side from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'interaction' and {_AFTERWARDS}
        ) group by side
    """
    found: Counter[int] = Counter()
    for some in _bound(since, days, touchpoints):
        found.update({int(side): int(n) for side, n in warehouse().select(scope, sql, some)})
    return dict(found)


def spent_after(scope: Scope, since: Since, *, days: int, touchpoints: Sequence[int], currency: str) -> dict[int, Sums]:
    """By group: what customers' interactions say of money within so many days after their moment, summed up for each customer (what they got
    back is taken off). `n` counts those of whom any says something. Money in other currencies is left out; where none is named it is `currency`.
    """
    sql = f"""
        select side, count(), sum(spent), sum(spent * spent) from (
            select {WHO} as who, any(told.side) as side, toFloat64(sum(assumeNotNull(money))) as spent
            from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'interaction' and isNotNull(money) and currency in ('', {{currency:String}}) and {_AFTERWARDS}
            group by who
        ) group by side
    """
    found: defaultdict[int, Sums] = defaultdict(lambda: Sums(0, 0.0, 0.0))
    for some in _bound(since, days, touchpoints):
        for side, n, total, squares in warehouse().select(scope, sql, {**some, "currency": currency}):
            found[int(side)] = found[int(side)].with_more(n, total, squares)
    return dict(found)


def _bound(since: Since, days: int, touchpoints: Sequence[int]) -> Iterator[dict[str, object]]:
    """The values of each statement. Each customer is in one of them, so that what they give adds up."""
    everybody = iter(since)
    while some := list(islice(everybody, _AT_ONCE)):
        who, moments, sides = zip(*some, strict=True)
        yield {
            "who": list(who), "since": [int(moment.timestamp()) for moment in moments], "side": list(sides), "days": days,
            "touchpoints": list(touchpoints),
            "first": stamp(min(moments)), "last": stamp(max(moments) + timedelta(days=days)),
        }  # fmt: skip
