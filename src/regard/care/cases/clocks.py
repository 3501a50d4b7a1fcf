"""What clocks say: whoever has a case is warned before it is due, and what was late goes into the log and up the units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from regard.care.cases.models import Breach, Case, Clock, State, What
from regard.care.cases.news import news
from regard.care.cases.work import hours_for, keep, note_late, step
from regard.care.hours.clock import NeverOpen
from regard.care.queues.people import People, Router
from regard.outreach.notices.tell import tell
from regard.workspace.members.models import Member

_BATCH = 500


def watch_clocks(*, now: datetime) -> int:
    """Everything that is due by now, some at a time; returns how many cases were looked at."""
    count = 0
    for look in (_warn, _note_late, _escalate, _take_from_those_who_left):
        while done := look(now):
            count += done
            if done < _BATCH:
                break
    return count


def _some(which: Q) -> list[Case]:
    """Held until the transaction ends; what another worker holds is left to it."""
    found = Case.objects.select_for_update(of=("self",), skip_locked=True).exclude(state=State.CLOSED).filter(which)
    return list(found.select_related("unit", "queue", "touchpoint", "owner__user", "workspace").order_by("pk")[:_BATCH])


@transaction.atomic
def _warn(now: datetime) -> int:
    cases = _some(Q(warned=None, warn__lte=now) & ~Q(state=State.WAITING))
    Case.objects.filter(pk__in=[one.pk for one in cases]).update(warned=now)
    tell([news("case.soon", one, [one.owner]) for one in cases if one.owner and one.due and one.due > now], now=now)
    return len(cases)


@transaction.atomic
def _note_late(now: datetime) -> int:
    """Each clock that has run out, once; of what waits for the customer none runs."""
    seen = Breach.objects.filter(case=OuterRef("pk"))
    first = Q(first_due__lt=now, responded=None) & ~Exists(seen.filter(clock=Clock.FIRST, due=OuterRef("first_due")))
    # what is owed to those who complain is in the log by its own clock
    close = Q(due__lt=now, complaint=None) & ~Exists(seen.filter(clock=Clock.CLOSE, due=OuterRef("due")))
    cases = _some((first | close) & ~Q(state=State.WAITING))
    late, people = [], Colleagues()
    for case in cases:
        if case.responded is None:
            note_late(case, Clock.FIRST, now=now)
        note_late(case, Clock.CLOSE, now=now)
        keep(case, now=now)
        whom = people.of(case).answering(case.unit_id)
        late.append(news("case.late", case, _once([*([case.owner] if case.owner else []), *whom])))
    set_next([one.pk for one in cases], now)
    tell(late, now=now)
    return len(cases)


def set_next(cases: Sequence[int], now: datetime) -> None:
    """When the unit above is told."""
    for breach in Breach.objects.filter(case__in=cases, level=0, next=None).select_related("case__queue", "case__workspace"):
        breach.next = _later(breach.case, now)
        breach.save(update_fields=["next"])


def _later(case: Case, now: datetime) -> datetime | None:
    try:
        return hours_for(case).after(now, timedelta(hours=case.queue.escalate_hours))
    except NeverOpen:
        return None


@transaction.atomic
def _escalate(now: datetime) -> int:
    """Still not done: the unit above is told, and so on up to the root."""
    found = Breach.objects.select_for_update(of=("self",), skip_locked=True).filter(next__lte=now)
    breaches = list(found.select_related("case__unit", "case__queue", "case__workspace", "case__owner__user").order_by("pk")[:_BATCH])
    told, people = [], Colleagues()
    for breach in breaches:
        case = breach.case
        done = not case.open or (breach.clock == Clock.FIRST and case.responded is not None) or _nothing_owed(case, breach.clock, now)
        whom = [] if done else people.of(case).answering(case.unit_id, above=breach.level + 1)
        breach.next = _later(case, now) if whom and case.state != State.WAITING else None
        breach.level = F("level") + 1 if whom else breach.level
        breach.save(update_fields=["next", "level"])
        if whom:
            step(case, What.TOLD, by="", now=now, text=", ".join(str(one.user) for one in whom))
            told.append(news("case.late", case, whom))
    tell(told, now=now)
    return len(breaches)


def _nothing_owed(case: Case, clock: str, now: datetime) -> bool:
    """Whether a deadline of a complaint has been met since."""
    complaint = getattr(case, "complaint", None)
    if complaint is None or clock in (Clock.FIRST, Clock.CLOSE):
        return False
    if clock == Clock.INFORM:
        return complaint.update_by is None or complaint.update_by > now
    return complaint.done or (clock == Clock.ACKNOWLEDGE and complaint.acknowledged is not None)


@transaction.atomic
def _take_from_those_who_left(now: datetime) -> int:
    """An owner who left the company, or may not sign in any more: their cases go to whoever is next, or are nobody's and said to be so."""
    cases = _some(Q(owner__isnull=False) & (Q(owner__left__isnull=False) | Q(owner__user__is_active=False)))
    people, told = Colleagues(), []
    routers: dict[int, Router] = {}
    for case in cases:
        mine = people.of(case)
        router = routers.setdefault(case.queue_id, Router(case.queue, mine))
        step(case, What.LEFT, by="", now=now, text=str(case.owner.user) if case.owner else "")
        case.owner = router.next(case.unit_id, case.skill or case.language, now)
        if case.owner is not None:
            step(case, What.GIVEN, by="", now=now, text=str(case.owner.user))
        keep(case, "owner", now=now)
        told.append(news("case.given", case, [case.owner]) if case.owner else news("case.new", case, mine.answering(case.unit_id)))
    for router in routers.values():
        router.remember()
    tell(told, now=now)
    return len(cases)


class Colleagues:
    """Of each workspace once."""

    def __init__(self) -> None:
        self._known: dict[int, People] = {}

    def of(self, case: Case) -> People:
        return self._known.setdefault(case.workspace_id, People(case.workspace_id))


def _once(members: Sequence[Member]) -> list[Member]:
    return list({one.pk: one for one in members}.values())
