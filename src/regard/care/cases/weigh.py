"""Priority follows what a customer is worth and what they score, as that changes, until somebody sets it by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regard.care.cases.due import set_due_anew
from regard.care.cases.models import Case, State, Stay, Step, What
from regard.care.cases.told import CHANGED
from regard.care.cases.work import NotPossible, due_anew, held, keep, step
from regard.care.hours.models import hours_of
from regard.care.queues.models import Priority
from regard.care.queues.people import People
from regard.care.queues.worth import LEAST, LOWEST_IN, VALUE, Weigher, lowest_bounds
from regard.customers.contact.arrays import ints
from regard.jobs.models import publish

_AT_ONCE = 2_000


@transaction.atomic
def weigh(case: Case, *, by: str, now: datetime) -> None:
    """Set the priority as its queue says by what the customer is worth today and what they scored; from now on it follows them. Raises
    NotPossible where the queue says nothing of it.
    """
    current = held(case)
    if not current.queue.weighs:
        raise NotPossible(_("The queue says nothing of value or scores: that is set under Settings, How cases are worked on."))
    current.basis = current.basis or current.priority
    weigher = Weigher([current.queue], [current.profile_id] if current.profile_id else [])
    weighed = weigher.weigh(current.queue, current.basis, profile=current.profile_id, score=current.lowest_said)
    if weighed.priority != current.priority:
        current.priority, current.warned = Priority(weighed.priority), None
        due_anew(current)
    step(current, What.WEIGHED, by=by, now=now, text=weighed.told)
    keep(current, "priority", "basis", "first_due", "due", "warn", "warned", now=now)


@transaction.atomic
def suggest_priority(case: Case, basis: int, *, by: str, now: datetime) -> None:
    """What another system says that it is: weighed as its queue has it, like that of a new case. What a colleague set by hand holds."""
    current = held(case)
    if current.basis is None:
        return
    weigher = Weigher([current.queue], [current.profile_id] if current.profile_id else [])
    weighed = weigher.weigh(current.queue, basis, profile=current.profile_id, score=current.lowest_said)
    if weighed.priority != current.priority:
        current.priority, current.warned = Priority(weighed.priority), None
        due_anew(current)
        label = str(Priority(weighed.priority).label)
        step(current, What.WEIGHED if weighed.why else What.RAISED, by=by, now=now, text=weighed.told if weighed.why else label)
    current.basis = basis
    keep(current, "priority", "basis", "first_due", "due", "warn", "warned", now=now)


#: Open cases whose priority is not what their queue makes of the customer of today: worked out where the data is, since hardly any has changed.
_OTHER_THAN = f"""
select c.id from care_case c join care_queue q on q.id = c.queue_id
left join customers_profile mine on mine.id = c.profile_id left join customers_profile whose on whose.id = mine.merged_into_id
where c.workspace_id = %(workspace)s and c.state <> 'closed' and c.basis is not null and c.id > %(after)s
    and (q.value_trait <> '' or q.raises_lowest) and (%(only)s::bigint[] is null or c.id = any(%(only)s::bigint[]))
    and c.priority <> greatest(1, c.basis
        - coalesce({VALUE.format(traits="coalesce(whose.traits, mine.traits)", name="q.value_trait")} >= {LEAST}, false)::int
        - (q.raises_lowest and ({LOWEST_IN.format(score="c.score")} or c.scored_since <> ''))::int)
order by c.id limit %(most)s
"""


def weigh_again(workspace: int, *, now: datetime, only: Sequence[int] | None = None) -> int:
    """Every open case of a workspace (or those), in transactions of some thousand. Returns how many priorities changed."""
    count, after = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_OTHER_THAN, {
                "workspace": workspace, "after": after, "only": None if only is None else ints(only), "most": _AT_ONCE, **lowest_bounds(),
            })  # fmt: skip
            found = [pk for (pk,) in cursor.fetchall()]
            if not found:
                return count
            count, after = count + _weigh_some(workspace, found, now), found[-1]


def _weigh_some(workspace: int, cases: Sequence[int], now: datetime) -> int:
    """What somebody is working on at this moment is left to the next time."""
    held_ones = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=cases, basis__isnull=False).exclude(state=State.CLOSED)
    found = list(held_ones.select_related("queue", "complaint", "workspace").order_by("pk"))
    if not found:
        return 0
    weigher = Weigher({one.queue_id: one.queue for one in found}.values(), {one.profile_id for one in found if one.profile_id})
    hours = hours_of(workspace, found[0].workspace.zone, People(workspace).paths)
    since, waited = _reopened(cases), _waited(cases)
    changed, steps = [], []
    for case in found:
        assert case.basis is not None
        weighed = weigher.weigh(case.queue, case.basis, profile=case.profile_id, score=case.lowest_said)
        if weighed.priority == case.priority:
            continue
        text = f"{Priority(case.priority).label} → {weighed.told}"
        case.priority, case.warned, case.changed = Priority(weighed.priority), None, now
        set_due_anew(case, hours[case.unit_id], reopened=since.get(case.pk), waited=waited.get(case.pk, ()))
        changed.append(case)
        steps.append(Step(case=case, at=now, by="", what=What.WEIGHED, text=text))
    _keep(changed)
    Step.objects.bulk_create(steps)
    publish(CHANGED, workspace, [one.pk for one in changed])
    return len(changed)


def _reopened(cases: Sequence[int]) -> dict[int, datetime]:
    """When each was opened again last."""
    return dict(Step.objects.filter(case__in=cases, what=What.REOPENED).order_by("pk").values_list("case", "at"))


def _waited(cases: Sequence[int]) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    stays = Stay.objects.filter(case__in=cases, state=State.WAITING).exclude(left=None).order_by("pk")
    for case, entered, left in stays.values_list("case", "entered", "left"):
        assert left is not None
        found.setdefault(case, []).append((entered, left))
    return found


#: What Django's `bulk_update` says with a case for each row and column costs more than all the rest.
_KEEP = """
update care_case c set priority = g.priority, first_due = g.first_due, due = g.due, warn = g.warn, warned = null, changed = g.changed
from unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
    as g(id, priority, first_due, due, warn, changed) where c.id = g.id
"""


def _keep(cases: Sequence[Case]) -> None:
    if cases:
        rows = [(one.pk, int(one.priority), one.first_due, one.due, one.warn, one.changed) for one in cases]
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*rows, strict=True)])
