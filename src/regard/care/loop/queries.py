"""How the loop is closed: what was due, what we closed, what customers confirmed, and what that did to their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from regard.care.cases.models import Case
from regard.metrics.sql import stamp
from regard.science import proportion
from regard.science.estimate import Estimate
from regard.science.recovery import recovery
from regard.segments.compile import WHO, WITH_CUSTOMERS
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

#: A case that was opened so long after an answer still follows from it.
_FOLLOWS_DAYS = 7
_MOST_CASES = 200_000
#: `leadInFrame` needs its frame said.
_OF_ONE = "partition by who order by at rows between unbounded preceding and unbounded following"

#: Of cases due in the period; what counts of several closings is the last.
_LOOP = """
select c.unit_id, count(*), count(*) filter (where c.state = 'closed'), count(*) filter (where k.says = 'solved'),
    count(*) filter (where d.denied), count(*) filter (where k.asked is not null),
    count(*) filter (where c.responded is not null and c.first_due is not null and c.responded <= c.first_due),
    count(*) filter (where c.first_due is not null), count(*) filter (where c.closed <= c.due), count(*) filter (where c.reopenings > 0),
    percentile_cont(0.5) within group (order by extract(epoch from c.closed - c.opened)) filter (where c.closed is not null)
from care_case c
left join lateral (select says, asked from care_closure where case_id = c.id order by id desc limit 1) k on true
left join lateral (select bool_or(says = 'not') as denied from care_closure where case_id = c.id) d on true
where c.workspace_id = %(workspace)s and c.due >= %(first)s and c.due < %(now)s and c.merged_into_id is null
    and (%(units)s::bigint[] is null or c.unit_id = any(%(units)s::bigint[]))
group by grouping sets ((c.unit_id), ())
"""


@dataclass(frozen=True)
class Loop:
    """`unit` None: all of them together. `confirmed` is the loop-closed rate: confirmed by customers, of cases due."""

    unit: int | None
    due: int
    closed: int
    confirmed_count: int
    denied: int
    asked: int
    confirmed: Estimate
    responded_in_time: float | None
    closed_in_time: float | None
    reopened: int
    seconds: float | None

    @property
    def marked(self) -> int:
        """Closed by us alone: no customer has said so."""
        return self.closed - self.confirmed_count


def loop(scope: Scope, *, first: datetime, now: datetime) -> tuple[Loop | None, list[Loop]]:
    """All together (None where nothing was due), and each unit, the most due first."""
    units = list(scope.units) if scope.units is not None else None
    values: dict[str, Any] = {"workspace": scope.workspace, "first": first, "now": now, "units": units}
    with connection.cursor() as cursor:
        cursor.execute(_LOOP, values)
        rows = [_loop(row) for row in cursor.fetchall() if row[1]]
    total = next((one for one in rows if one.unit is None), None)
    return total, sorted((one for one in rows if one.unit is not None), key=lambda one: (-one.due, one.unit or 0))


def _loop(row: Sequence[int]) -> Loop:
    unit, due, closed, confirmed, denied, asked, responded, promised, in_time, reopened, seconds = row
    return Loop(
        unit, due, closed, confirmed, denied, asked, proportion(successes=confirmed, n=due), responded / promised if promised else None,
        in_time / due if due else None, reopened, float(seconds) if seconds is not None else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Recovery:
    """What being recovered did to a score, against customers who were as unhappy and had no case."""

    metric: str
    effect: Estimate | None
    recovered: int
    others: int


def recovered(scope: Scope, metric: str, *, since: datetime) -> Recovery:
    """Of answers that were bad: the change until the next of the same customer, for those whose case was closed in between and for others."""
    cases = Case.objects.filter(workspace=scope.workspace, profile__isnull=False, opened__gte=since).order_by("pk")
    known = list(cases.values_list("profile__merged_into", "profile", "opened", "closed")[:_MOST_CASES])
    values: dict[str, object] = {
        "metric": metric, "since": stamp(since),
        "who": [merged or own for merged, own, _opened, _closed in known], "opened": [int(opened.timestamp()) for _m, _o, opened, _c in known],
        "closed": [int(closed.timestamp()) if closed else 0 for _m, _o, _opened, closed in known],
    }  # fmt: skip
    sql = f"""
        with answers as (
            select {WHO} as who, at, assumeNotNull(score) as said, box,
                leadInFrame(assumeNotNull(score)) over ({_OF_ONE}) as after, leadInFrame(at) over ({_OF_ONE}) as next_at
            from {WITH_CUSTOMERS} where $scope and kind = 'answer' and isNotNull(score) and metric = {{metric:String}}
                and at >= {{since:DateTime64(3, 'UTC')}} and ledger.profile != 0
        ), cases as (
            select told.1 as customer, groupArray((told.2, told.3)) as spans
            from (select arrayJoin(arrayZip({{who:Array(UInt64)}}, {{opened:Array(Int64)}}, {{closed:Array(Int64)}})) as told) group by customer
        )
        select said, arrayExists(one -> one.1 >= toUnixTimestamp(at) - 3600 and one.1 <= toUnixTimestamp(at) + {_FOLLOWS_DAYS * 86_400}
            and one.2 > 0 and one.2 < toUnixTimestamp(next_at), spans) as helped,
            count(), avg(after - said), if(count() > 1, varSamp(after - said), 0)
        from answers any left join cases on answers.who = cases.customer
        where box = -1 and next_at > at and (helped or empty(spans)) group by said, helped
    """
    rows = warehouse().select(scope, sql, values)
    sides: dict[bool, dict[float, tuple[int, float, float]]] = {True: {}, False: {}}
    for said, helped, count, change, variance in rows:
        sides[bool(helped)][float(said)] = (int(count), float(change), float(variance))
    scores = sorted(sides[True].keys() & sides[False].keys())
    columns = [tuple(zip(*(sides[helped][score] for score in scores), strict=True)) for helped in (True, False)]
    effect = recovery(recovered=columns[0], others=columns[1]) if scores else None  # type: ignore[arg-type]
    return Recovery(metric, effect, *(sum(count for count, _change, _variance in sides[helped].values()) for helped in (True, False)))
