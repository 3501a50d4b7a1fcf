"""What complaints say together: how many, how they were decided, whether in time, and what they come from. One statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from regard.science import proportion
from regard.science.estimate import Estimate
from regard.warehouse.scope import Scope

#: What a row of the report is about, in the order of the grouping sets below.
BY = ("month", "cause", "touchpoint", "unit", "via")

#: In time: of those answered, or past their moment; whoever still has time is not counted yet.
_REPORT = """
with told as (
    select date_trunc('month', x.received at time zone %(zone)s)::date as month, k.cause_id as cause, k.touchpoint_id as touchpoint,
        k.unit_id as unit, x.via, x.withdrawn, x.answered, x.answer_by, x.acknowledged, x.acknowledge_by,
        extract(epoch from x.answered - x.received) as lasted,
        (select r.ruling from care_ruled r where r.complaint_id = x.id order by r.id desc limit 1) as ruling,
        (select sum(d.amount) from care_redress d where d.complaint_id = x.id and d.approved is not null) as given,
        (select bool_or(coalesce(f.overturned, false)) from care_referral f where f.complaint_id = x.id) as overturned
    from care_complaint x join care_case k on k.id = x.case_id
    where k.workspace_id = %(workspace)s and x.received >= %(first)s and x.received < %(last)s and k.merged_into_id is null
        and (%(units)s::bigint[] is null or k.unit_id = any(%(units)s::bigint[]))
)
select case when grouping(month) = 0 then 'month' when grouping(cause) = 0 then 'cause' when grouping(touchpoint) = 0 then 'touchpoint'
        when grouping(unit) = 0 then 'unit' when grouping(via) = 0 then 'via' else '' end,
    month, cause, touchpoint, unit, via, count(*), count(ruling), count(*) filter (where ruling in ('upheld', 'partly')),
    count(*) filter (where withdrawn is null and (answered is not null or answer_by < %(now)s)),
    count(*) filter (where withdrawn is null and answered <= answer_by),
    count(*) filter (where acknowledged is not null or acknowledge_by < %(now)s), count(*) filter (where acknowledged <= acknowledge_by),
    percentile_cont(0.5) within group (order by lasted) filter (where answered is not null), coalesce(sum(given), 0), count(overturned),
    count(*) filter (where overturned), count(*) filter (where withdrawn is not null)
from told group by grouping sets ((), (month), (cause), (touchpoint), (unit), (via))
"""


@dataclass(frozen=True)
class Row:
    """Of one group, or of all (`by` is ""). `key` is None where a complaint has none (no cause was named)."""

    by: str
    key: date | int | str | None
    received: int
    ruled: int
    upheld: Estimate
    #: Of those whose moment has come: how many final responses were in time.
    owed: int
    in_time: Estimate
    acknowledged: Estimate
    #: Seconds to the final response that half of them took longer than; None where none went out.
    lasted: float | None
    given: Decimal
    referred: int
    overturned: int
    settled: int


def report(scope: Scope, *, first: datetime, last: datetime, now: datetime, zone: str) -> dict[str, list[Row]]:
    """By what a row is about ("" holds the one of all); months in their order, the rest with the most first."""
    units = list(scope.units) if scope.units is not None else None
    values: dict[str, Any] = {"workspace": scope.workspace, "first": first, "last": last, "now": now, "zone": zone, "units": units}
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, values)
        rows = [_row(row) for row in cursor.fetchall()]
    found: dict[str, list[Row]] = {by: [one for one in rows if one.by == by] for by in ("", *BY)}
    for by in BY:
        found[by].sort(key=lambda one: (0 if one.by == "month" else -one.received, str(one.key)))
    return found


def _row(row: tuple[Any, ...]) -> Row:
    by, *keys, received, ruled, upheld, owed, in_time, due, acknowledged, lasted, given, referred, overturned, settled = row
    return Row(
        by, dict(zip(BY, keys, strict=True)).get(by), received, ruled, proportion(successes=upheld, n=ruled), owed,
        proportion(successes=in_time, n=owed), proportion(successes=acknowledged, n=due), float(lasted) if lasted is not None else None, given,
        referred, overturned, settled,
    )  # fmt: skip
