"""Who hands to whom, how fast it is taken up, how well it comes, and what it costs customers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regard.care.handoffs.interactions.queries import Other, handed
from regard.care.handoffs.models import Handoff, Reception
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
    was needed.
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
    if what == What.CASES:
        return _of_cases(scope, first)
    others = _each(scope, first) if what == What.ALL else []
    rated: defaultdict[tuple[int | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
    for giver, taker, n, good in _rated(scope, first, cases=what == What.ALL):
        rated[giver, taker][0] += n
        rated[giver, taker][1] += good
    found = []
    for one in handed(scope, first=first, others=others):
        n, good = rated[one.from_unit, one.to_unit]
        found.append(Passing(one.from_unit, one.to_unit, one.count, one.taken, one.seconds, n, proportion(successes=good, n=n)))
    return found


def _rated(scope: Scope, first: datetime, *, cases: bool) -> list[tuple[int | None, int | None, int, int]]:
    """From which unit to which: how many were rated, and how many came with all that was needed."""
    mine = Q() if scope.units is None else Q(from_unit__in=scope.units) | Q(to_unit__in=scope.units)
    sources: list[QuerySet[Any]] = [Reception.objects.filter(mine, workspace=scope.workspace, at__gte=first)]
    if cases:
        sources.append(Handoff.objects.filter(mine, case__workspace=scope.workspace, at__gte=first, good__isnull=False))
    counted = {"n": Count("pk"), "came": Count("pk", filter=Q(good=True))}
    return [row for rows in sources for row in rows.order_by().values_list("from_unit", "to_unit").annotate(**counted)]


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


def missing_lately(scope: Scope, *, first: datetime, what: str, most: int = 10) -> list[Handoff | Reception]:
    """What receivers said was missing, the newest first."""
    mine = {} if scope.units is None else {"to_unit__in": scope.units}
    found: list[Handoff | Reception] = []
    if what != What.INTERACTIONS:
        rows = Handoff.objects.filter(case__workspace=scope.workspace, at__gte=first, **mine).exclude(missing="")
        found += rows.select_related("from_unit", "to_unit", "case").order_by("-at")[:most]
    if what != What.CASES:
        others = Reception.objects.filter(workspace=scope.workspace, at__gte=first, **mine).exclude(missing="")
        found += others.select_related("from_unit", "to_unit", "profile").order_by("-at")[:most]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def _values(scope: Scope, first: datetime) -> dict[str, Any]:
    return {"workspace": scope.workspace, "first": first, "units": list(scope.units) if scope.units is not None else None}
