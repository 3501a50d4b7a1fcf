"""What runs out: whoever has a complaint is warned, and what is past its deadline goes into the log and up the units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q

from regard.care.cases.clocks import Colleagues, set_next
from regard.care.cases.models import Breach, Clock, State
from regard.care.cases.work import keep, log_late
from regard.care.complaints.models import Complaint
from regard.care.complaints.news import news
from regard.outreach.notices.tell import tell
from regard.workspace.members.models import Member

_BATCH = 200
#: The last quarter of the time that an answer has.
_LAST_QUARTER = ExpressionWrapper((F("answer_by") - F("received")) / 4, output_field=DurationField())
_OWED = Q(withdrawn=None) & ~Q(case__state=State.CLOSED)
#: Clock → what it runs until, and what it waits for.
_CLOCKS = {
    Clock.ACKNOWLEDGE: ("acknowledge_by", Q(acknowledged=None)),
    Clock.INFORM: ("update_by", Q(answered=None)),
    Clock.ANSWER: ("answer_by", Q(answered=None)),
}


def watch_complaints(*, now: datetime) -> int:
    """Returns how many were warned of or found late."""
    count = 0
    for look in (_warn, _note_late):
        while done := look(now):
            count += done
            if done < _BATCH:
                break
    return count


def _some(which: Q) -> list[Complaint]:
    found = Complaint.objects.select_for_update(of=("self",), skip_locked=True).filter(which & _OWED)
    related = ("case__unit", "case__queue", "case__touchpoint", "case__owner__user", "case__workspace")
    return list(found.select_related(*related).order_by("pk")[:_BATCH])


@transaction.atomic
def _warn(now: datetime) -> int:
    found = _some(Q(answered=None, warned=None, answer_by__gt=now, answer_by__lte=now + _LAST_QUARTER))
    Complaint.objects.filter(pk__in=[one.pk for one in found]).update(warned=now)
    people = Colleagues()
    tell([news("complaint.soon", one.case, _whom(one, people)) for one in found], now=now)
    return len(found)


@transaction.atomic
def _note_late(now: datetime) -> int:
    late = [
        waits & Q(**{f"{field}__lt": now}) & ~Q(Exists(Breach.objects.filter(case=OuterRef("case"), clock=clock, due=OuterRef(field))))
        for clock, (field, waits) in _CLOCKS.items()
    ]  # fmt: skip
    found, people, told = _some(late[0] | late[1] | late[2]), Colleagues(), []
    for one in found:
        for clock, (field, _waits) in _CLOCKS.items():
            if getattr(one, _DONE[clock]) is None:
                log_late(one.case, clock, getattr(one, field), now=now)
        keep(one.case, now=now)
        told.append(news("complaint.late", one.case, _whom(one, people)))
    set_next([one.case_id for one in found], now)
    tell(told, now=now)
    return len(found)


_DONE = {Clock.ACKNOWLEDGE: "acknowledged", Clock.INFORM: "answered", Clock.ANSWER: "answered"}


def _whom(complaint: Complaint, people: Colleagues) -> Sequence[Member]:
    """Whoever has it, and those who answer for its unit."""
    case = complaint.case
    found = [*([case.owner] if case.owner else []), *people.of(case).answering(case.unit_id)]
    return list({one.pk: one for one in found}.values())
