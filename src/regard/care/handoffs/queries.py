"""Who hands to whom, how fast it is taken up, how well it comes, and what it costs customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from regard.care.handoffs.interactions.queries import Other, handed
from regard.care.handoffs.models import Handoff
from regard.science import Difference, difference, proportion
from regard.science.estimate import Estimate
from regard.warehouse.scope import Scope

_HANDED = """
from care_handoff h join care_case c on c.id = h.case_id
where c.workspace_id = %(workspace)s and h.at >= %(first)s
    and (%(units)s::bigint[] is null or h.from_unit_id = any(%(units)s::bigint[]) or h.to_unit_id = any(%(units)s::bigint[]))
"""
_MATRIX = f"""
select h.from_unit_id, h.to_unit_id, count(*), count(h.taken),
    percentile_cont(0.5) within group (order by extract(epoch from h.taken - h.at)) filter (where h.taken is not null),
    count(h.good), count(*) filter (where h.good)
{_HANDED}
group by h.from_unit_id, h.to_unit_id order by count(*) desc, h.from_unit_id, h.to_unit_id limit 200
"""
_EACH = f"""
select coalesce(h.from_unit_id, 0), coalesce(h.to_unit_id, 0), extract(epoch from h.taken - h.at)::float8
{_HANDED} order by h.id desc limit 100000
"""
#: Of closed cases whose customers said whether they are solved.
_COST = """
select exists (select from care_handoff h where h.case_id = c.id), count(*), count(*) filter (where k.says = 'solved')
from care_case c join lateral (select says from care_closure where case_id = c.id and says != '' order by id limit 1) k on true
where c.workspace_id = %(workspace)s and c.opened >= %(first)s and (%(units)s::bigint[] is null or c.unit_id = any(%(units)s::bigint[]))
group by 1
"""


class What(models.TextChoices):
    """What is handed on."""

    ALL = "", _("cases and interactions")
    CASES = "cases", _("cases")
    INTERACTIONS = "interactions", _("interactions")


@dataclass(frozen=True)
class Passing:
    """From one unit to another. `seconds` is the median until it was taken up (wall time); `good` the share of rated ones that came with all that
    was needed (only cases are rated).
    """

    from_unit: int | None
    to_unit: int | None
    count: int
    taken: int
    seconds: float | None
    rated: int
    good: Estimate


@dataclass(frozen=True)
class Cost:
    """Solved at first, say their customers: of cases that were handed on, and of those that were not."""

    handed: Estimate
    kept: Estimate
    difference: Difference


def matrix(scope: Scope, *, first: datetime, what: str = What.CASES) -> list[Passing]:
    """The most first. Raises WarehouseAway where interactions are asked for and the ledger does not answer."""
    cases = _of_cases(scope, first) if what != What.INTERACTIONS else []
    if what == What.CASES:
        return cases
    others = _each(scope, first) if what == What.ALL else []
    rated = {(one.from_unit, one.to_unit): (one.rated, one.good) for one in cases}
    nobody = (0, proportion(successes=0, n=0))
    return [
        Passing(one.from_unit, one.to_unit, one.count, one.taken, one.seconds, *rated.get((one.from_unit, one.to_unit), nobody))
        for one in handed(scope, first=first, others=others)
    ]


def _each(scope: Scope, first: datetime) -> list[Other]:
    with connection.cursor() as cursor:
        cursor.execute(_EACH, _values(scope, first))
        return [(giver, taker, seconds) for giver, taker, seconds in cursor.fetchall()]


def _of_cases(scope: Scope, first: datetime) -> list[Passing]:
    with connection.cursor() as cursor:
        cursor.execute(_MATRIX, _values(scope, first))
        return [
            Passing(giver, taker, count, taken, float(seconds) if seconds is not None else None, rated, proportion(successes=good, n=rated))
            for giver, taker, count, taken, seconds, rated, good in cursor.fetchall()
        ]


def cost(scope: Scope, *, first: datetime) -> Cost:
    with connection.cursor() as cursor:
        cursor.execute(_COST, _values(scope, first))
        found = {handed: (count, solved) for handed, count, solved in cursor.fetchall()}
    handed, kept = (proportion(successes=found.get(one, (0, 0))[1], n=found.get(one, (0, 0))[0]) for one in (True, False))
    return Cost(handed, kept, difference(handed, kept))


def missing_lately(scope: Scope, *, first: datetime, most: int = 10) -> list[Handoff]:
    """What receivers said was missing, the newest first."""
    found = Handoff.objects.filter(case__workspace=scope.workspace, at__gte=first).exclude(missing="")
    if scope.units is not None:
        found = found.filter(to_unit__in=scope.units)
    return list(found.select_related("from_unit", "to_unit", "case").order_by("-pk")[:most])


def _values(scope: Scope, first: datetime) -> dict[str, Any]:
    return {"workspace": scope.workspace, "first": first, "units": list(scope.units) if scope.units is not None else None}
