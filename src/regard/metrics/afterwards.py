"""What customers answered, and what they did, after a moment that is each one's own: what groups of them are compared by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from regard.metrics.sql import POINTS
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

_TOLD = """(
    select one.1 as customer, one.2 as moment, one.3 as side from
    (select arrayJoin(arrayZip({who:Array(UInt64)}, {since:Array(Int64)}, {side:Array(Int32)})) as one)
) as told on """


def answers_after(scope: Scope, since: Since, *, days: int) -> dict[tuple[str, int], Sums]:
    """By metric and group: each customer's first answer within so many days after their moment. One statement."""
    sql = f"""
        select metric, side, count(), sum(said), sum(said * said) from (
            select {WHO} as who, metric, any(told.side) as side, argMin({POINTS}, at) as said
            from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'answer' and isNotNull(score) and box != -128 and toUnixTimestamp(at) > told.moment
                and toUnixTimestamp(at) < told.moment + {{days:UInt32}} * 86400
            group by who, metric
        ) group by metric, side
    """
    rows = warehouse().select(scope, sql, {**_columns(since), "days": days})
    return {(metric, int(side)): Sums(int(n), float(total), float(squares)) for metric, side, n, total, squares in rows}


def acted_after(scope: Scope, since: Since, *, days: int, touchpoints: Sequence[int]) -> dict[int, int]:
    """By group: how many had an interaction (at one of these touchpoints, where any are named) within so many days after their moment."""
    sql = f"""
        select side, uniqExact(who) from (
            select {WHO} as who, told.side as side from {WITH_CUSTOMERS} inner join {_TOLD} {WHO} = told.customer
            where $scope and kind = 'interaction' and toUnixTimestamp(at) > told.moment
                and toUnixTimestamp(at) < told.moment + {{days:UInt32}} * 86400
                and (empty({{touchpoints:Array(UInt32)}}) or touchpoint in {{touchpoints:Array(UInt32)}})
        ) group by side
    """
    rows = warehouse().select(scope, sql, {**_columns(since), "days": days, "touchpoints": list(touchpoints)})
    return {int(side): int(n) for side, n in rows}


def _columns(since: Since) -> dict[str, object]:
    moments = [(int(moment.timestamp()), side) for moment, side in since.values()]
    return {"who": list(since), "since": [moment for moment, _side in moments], "side": [side for _moment, side in moments]}
