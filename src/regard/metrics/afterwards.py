"""What customers answered, and what they did, after a moment that is each one's own: what groups of them are compared by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from regard.metrics.sql import POINTS, stamp
from regard.segments.compile import WHO, WITH_CUSTOMERS
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Sums:
    """Of one group: how many customers, Σx and Σx² of what they scored (NPS: −100, 0 or 100 each; CSAT: 0 or 100)."""

    n: int
    total: float
    squares: float


#: Customer → since when, and which group they belong to.
Since = Mapping[int, tuple[datetime, int]]

#: So many customers go with one statement: a server takes no more than 128 KiB in one value and 1 MiB in an address.
_AT_ONCE = 10_000

_TOLD = """(
    select one.1 as customer, one.2 as moment, one.3 as side from
    (select arrayJoin(arrayZip({who:Array(UInt64)}, {since:Array(Int64)}, {side:Array(Int32)})) as one)
) as told on """
#: The two bounds that hold for all let ClickHouse leave out whole months.
_AFTERWARDS = """at > {first:DateTime64(3, 'UTC')} and at < {last:DateTime64(3, 'UTC')} and toUnixTimestamp(at) > told.moment
    and toUnixTimestamp(at) < told.moment + {days:UInt32} * 86400"""


def answers_after(scope: Scope, since: Since, *, days: int) -> dict[tuple[str, int], Sums]:
    """By metric and group: each customer's first answer within so many days after their moment."""
    sql = f"""
        select metric, side, count(), sum(said), sum(said * said) from (
            select {WHO} as who, metric, any(told.side) as side, argMin({POINTS}, at) as said
            from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'answer' and isNotNull(score) and box != -128 and {_AFTERWARDS}
            group by who, metric
        ) group by metric, side
    """
    found: defaultdict[tuple[str, int], Sums] = defaultdict(lambda: Sums(0, 0.0, 0.0))
    for some in _bound(since, days):
        for metric, side, n, total, squares in warehouse().select(scope, sql, some):
            so_far = found[metric, int(side)]
            found[metric, int(side)] = Sums(so_far.n + int(n), so_far.total + float(total), so_far.squares + float(squares))
    return dict(found)


def acted_after(scope: Scope, since: Since, *, days: int, touchpoints: Sequence[int]) -> dict[int, int]:
    """By group: how many had an interaction (at one of these touchpoints, where any are named) within so many days after their moment."""
    sql = f"""
        select side, uniqExact(who) from (
            select {WHO} as who, told.side as side from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'interaction' and {_AFTERWARDS}
                and (empty({{touchpoints:Array(UInt32)}}) or touchpoint in {{touchpoints:Array(UInt32)}})
        ) group by side
    """
    found: Counter[int] = Counter()
    for some in _bound(since, days):
        found.update({int(side): int(n) for side, n in warehouse().select(scope, sql, {**some, "touchpoints": list(touchpoints)})})
    return dict(found)


def _bound(since: Since, days: int) -> Iterator[dict[str, object]]:
    """The values of each statement. Each customer is in one of them, so that what they give adds up."""
    everybody = [(customer, moment, side) for customer, (moment, side) in since.items()]
    for place in range(0, len(everybody), _AT_ONCE):
        who, moments, sides = zip(*everybody[place : place + _AT_ONCE], strict=True)
        yield {
            "who": list(who), "since": [int(moment.timestamp()) for moment in moments], "side": list(sides), "days": days,
            "first": stamp(min(moments)), "last": stamp(max(moments) + timedelta(days=days)),
        }  # fmt: skip
