"""When a case is due: its queue's targets, counted while its unit works."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from regard.care.cases.models import Case
from regard.care.hours.clock import Hours, NeverOpen
from regard.care.queues.models import Queue


def set_due(case: Case, queue: Queue, hours: Hours, *, since: datetime | None = None) -> None:
    """Anew from when it was opened (or opened again), less what was spent waiting for the customer so far (`since`)."""
    begun = since or case.opened
    first, close = queue.hours_for(case.priority)
    case.first_due = _after(hours, begun, first)
    case.due = _after(hours, begun, close)
    case.warn = _after(hours, begun, close * queue.warn_percent / 100 if close else None)
    follow_complaint(case)


def set_due_anew(case: Case, hours: Hours, *, reopened: datetime | None, waited: Iterable[tuple[datetime, datetime]]) -> None:
    """By the targets that hold now, from when it was opened (again); `waited`: when it was the customer's turn, which still does not count."""
    set_due(case, case.queue, hours, since=reopened)
    for entered, left in waited:
        if entered >= (reopened or case.opened):
            put_off(case, hours, hours.between(entered, left))


def follow_complaint(case: Case) -> bool:
    """A complaint is to be closed by when its final response is owed, and warns of that itself. Whether the case is one that is owed."""
    complaint = getattr(case, "complaint", None)
    if complaint is None or complaint.done:
        return False
    case.due, case.warn = complaint.answer_by, None
    return True


def put_off(case: Case, hours: Hours, waited: timedelta) -> None:
    """While it was the customer's turn, no time of ours passed; but that of a complaint did."""
    if follow_complaint(case):
        return
    for name in ("due", "warn"):
        moment: datetime | None = getattr(case, name)
        if moment is not None:
            setattr(case, name, _after(hours, moment, waited))


def _after(hours: Hours, start: datetime, lasting: timedelta | None) -> datetime | None:
    if lasting is None:
        return None
    try:
        return hours.after(start, lasting)
    except NeverOpen:
        return None
