"""Interactions of one matter that went from one unit to another, read from the ledger.

A matter is what a customer's interactions name by the same conversation, case or ticket. It was handed over where the next of them was in another
unit and began within 48 hours after the one before had ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regard.metrics.sql import POINTS, stamp
from regard.science import Difference, difference, mean
from regard.science.difference import gap
from regard.science.estimate import Estimate
from regard.segments.compile import WHO, WITH_CUSTOMERS
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

#: What systems call it. The first that says something counts.
PROPERTIES = ("conversation", "conversation_id", "conversationId", "case", "case_id", "caseId", "ticket", "ticket_id", "ticketId")
WITHIN_HOURS = 48
#: So long after its last interaction an answer still has to do with the matter.
_AFTER_DAYS = 7
_METRICS = ("nps", "ces", "csat")

_NAMED = ", ".join(f"nullIf(props['{name}'], '')" for name in PROPERTIES)
_MATTER = f"coalesce({_NAMED}, '')"
_FRAME = "partition by who, matter order by at, id rows between unbounded preceding and unbounded following"
#: Each interaction with the next one of its matter; `begun` of the next is 0 where there is none. All units: whose rows are the reader's is
#: asked of what was passed, because what went through another unit on its way is no passing between the two around it.
_ENDED = "at + toIntervalMillisecond(toInt64(greatest(ifNull(duration, 0), 0) * 1000))"
_OF_MATTERS = "$workspace and kind = 'interaction' and part = 0 and ledger.profile != 0 and at >= {first:DateTime64(3, 'UTC')} and matter != ''"
_MATTERS = f"""
    select who, matter, unit, {_ENDED} as ended,
        leadInFrame(unit) over ({_FRAME}) as next_unit, leadInFrame(toUnixTimestamp64Milli(at)) over ({_FRAME}) as begun
    from (select {WHO} as who, {_MATTER} as matter, unit, at, id, duration from {WITH_CUSTOMERS} where {_OF_MATTERS})
"""
_PASSED = f"begun != 0 and next_unit != unit and begun <= toUnixTimestamp64Milli(ended) + {WITHIN_HOURS * 3_600_000}"
_MINE = " and (unit in {units:Array(UInt32)} or next_unit in {units:Array(UInt32)})"


@dataclass(frozen=True)
class Handed:
    """From one unit to another: how often, how often it was taken up, and the median until then in seconds."""

    from_unit: int | None
    to_unit: int | None
    count: int
    taken: int
    seconds: float | None


#: (from, to, seconds until it was taken up) of one that was handed on otherwise; 0: no such unit any more; None: nobody has taken it up.
Other = tuple[int, int, float | None]


def handed(scope: Scope, *, first: datetime, others: Sequence[Other] = ()) -> list[Handed]:
    """Who handed interactions to whom, the most first; `others` counted with them, so that one median stands for both."""
    sql = f"""
        select from_unit, to_unit, count(), count(seconds), quantileExactInclusiveOrNull(0.5)(seconds) from (
            select unit as from_unit, next_unit as to_unit, toNullable(greatest(begun - toUnixTimestamp64Milli(ended), 0) / 1000) as seconds
            from ({_MATTERS}) where {_PASSED}{_MINE if scope.units is not None else ""}
            union all
            select one.1, one.2, if(one.3 < 0, null, one.3)
            from (select arrayJoin(arrayZip({{givers:Array(UInt32)}}, {{takers:Array(UInt32)}}, {{after:Array(Float64)}})) as one)
        ) group by from_unit, to_unit order by count() desc, from_unit, to_unit limit 200
    """
    values = {
        "first": stamp(first), "givers": [one[0] for one in others], "takers": [one[1] for one in others],
        "after": [-1.0 if one[2] is None else max(one[2], 0.0) for one in others],
    }  # fmt: skip
    rows = warehouse().select(scope, sql, values)
    return [Handed(giver or None, taker or None, count, taken, seconds) for giver, taker, count, taken, seconds in rows]


@dataclass(frozen=True)
class Taken:
    """A matter that was handed over: the interaction with which it was taken up, by its key, and how long the customer waited for it."""

    row: str
    customer: int
    from_unit: int
    to_unit: int
    at: datetime
    seconds: float
    event: str
    channel: str


def taken(scope: Scope, *, first: datetime, row: str = "", most: int = 30) -> list[Taken]:
    """What came to the reader's units from others, the newest first; `row`: that one alone."""
    mine = " and unit in {units:Array(UInt32)}" if scope.units is not None else ""
    sql = f"""
        select lower(hex(id)), who, last_unit, unit, at, (toUnixTimestamp64Milli(at) - toUnixTimestamp64Milli(over)) / 1000, event, channel from (
            select id, who, unit, at, event, channel, lagInFrame(unit) over ({_FRAME}) as last_unit, lagInFrame(ended) over ({_FRAME}) as over
            from (
                select {WHO} as who, {_MATTER} as matter, unit, at, id, event, channel, {_ENDED} as ended from {WITH_CUSTOMERS}
                where {_OF_MATTERS}
            )
        ) where last_unit != 0 and last_unit != unit and at <= over + toIntervalHour({WITHIN_HOURS}) and {{row:String}} in ('', lower(hex(id))){mine}
        order by at desc, id limit {{most:UInt32}}
    """
    rows = warehouse().select(scope, sql, {"first": stamp(first), "row": row, "most": most})
    return [Taken(row, who, giver, taker, at, max(seconds, 0.0), event, channel) for row, who, giver, taker, at, seconds, event, channel in rows]


@dataclass(frozen=True)
class Toll:
    """What was answered after matters that were handed over, against those that were not, in points of the score (NPS: −100 … +100, CSAT: %)."""

    metric: str
    handed: Estimate
    kept: Estimate
    gap: Estimate
    difference: Difference

    @property
    def told(self) -> bool:
        """Enough on both sides to speak of."""
        return min(self.handed.n, self.kept.n) >= 30


def toll(scope: Scope, *, first: datetime) -> list[Toll]:
    """By metric: each customer's first answer within a week after the last interaction of a matter, in the reader's units."""
    sql = f"""
        select metric, passed, count(), sum(said), sum(said * said) from (
            select matters.who as who, matters.matter as matter, metric, any(matters.passed) as passed, argMin(answers.said, answers.at) as said
            from (
                select who, matter, max({_PASSED}) as passed, max(ended) as over from ({_MATTERS}) group by who, matter
            ) as matters inner join (
                select {WHO} as who, metric, at, {POINTS} as said from {WITH_CUSTOMERS}
                where $scope and kind = 'answer' and isNotNull(score) and box != -128 and metric in {{metrics:Array(String)}}
                    and at >= {{first:DateTime64(3, 'UTC')}} and ledger.profile != 0
            ) as answers on matters.who = answers.who
            where answers.at > matters.over and answers.at <= matters.over + toIntervalDay({_AFTER_DAYS})
            group by who, matter, metric
        ) group by metric, passed
    """
    rows = warehouse().select(scope, sql, {"first": stamp(first), "metrics": list(_METRICS)})
    found = {(metric, bool(passed)): mean(n=n, total=total, total_of_squares=squares) for metric, passed, n, total, squares in rows}
    sides = [(metric, found.get((metric, True)), found.get((metric, False))) for metric in _METRICS]
    return [Toll(metric, on, kept, gap(on, kept), difference(on, kept)) for metric, on, kept in sides if on and kept]
