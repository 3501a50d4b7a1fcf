"""States of tickets and of cases: what each is on the other side."""

from __future__ import annotations

from datetime import datetime

from regard.care.cases.close import close, reopen
from regard.care.cases.models import Case, State
from regard.care.cases.work import move
from regard.care.queues.models import Priority

#: What steps and stays are said to be done by.
BY = "Zendesk"
OVER = ("solved", "closed")
#: On hold is a wait of theirs for somebody else, and not for the customer.
_STATE = {
    "new": State.NEW, "open": State.OPEN, "hold": State.OPEN, "pending": State.WAITING, "solved": State.CLOSED, "closed": State.CLOSED,
}  # fmt: skip
_STATUS = {State.OPEN: "open", State.WAITING: "pending", State.CLOSED: "solved"}
_PRIORITY = {"urgent": Priority.URGENT, "high": Priority.HIGH, "normal": Priority.NORMAL, "low": Priority.LOW}


def fits(case: Case, status: str) -> bool:
    """Whether both sides say the same. A case that nobody has begun with may be open there already."""
    return _STATE.get(status) == case.state or (case.state == State.NEW and status in ("open", "hold"))


def status_of(case: Case) -> str:
    """What the ticket is to be; "" for a case that is new: that is no change."""
    return _STATUS.get(State(case.state), "")


def priority_of(told: str | None) -> int:
    return _PRIORITY.get(told or "", Priority.NORMAL)


def priority_name(priority: int) -> str:
    return next(name for name, known in _PRIORITY.items() if known == priority)


def follow(case: Case, status: str, *, now: datetime) -> None:
    """What was done there is done here. Raises NotPossible where the queue wants a root cause."""
    state = _STATE.get(status)
    if state is None:
        return
    if state == State.CLOSED:
        close(case, by=BY, now=now)
        return
    if not case.open:
        reopen(case, by=BY, now=now)
        case = Case.objects.get(pk=case.pk)
    if state in (State.OPEN, State.WAITING):
        move(case, state, by=BY, now=now)
