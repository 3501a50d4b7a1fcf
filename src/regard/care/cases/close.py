"""A case is closed by us, and again opened by us or by the customer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.due import set_due
from regard.care.cases.models import Case, Clock, State, What
from regard.care.cases.news import news
from regard.care.cases.open import KEPT_FROM
from regard.care.cases.told import Row, tell_ledger
from regard.care.cases.work import NotPossible, enter, held, hours_for, keep, note_late, respond, step
from regard.care.closures.models import Closure
from regard.care.queues.models import Cause
from regard.care.queues.people import People, watching
from regard.customers.contact.restrain import Cause as Because
from regard.customers.contact.restrain import lift, restrain_each
from regard.customers.contact.restraints.models import Reason
from regard.outreach.notices.tell import tell
from regard.workspace.members.models import Member


@transaction.atomic
def close(
    case: Case, *, by: str, now: datetime, outcome: str = "", cause: Cause | None = None, ask: bool | None = None, closer: Member | None = None
) -> Closure | None:  # fmt: skip
    """None when it is closed already: of two at the same moment one closes it. `outcome` is what the customer is told was done; `ask`
    whether they are asked if it is solved (None: as the queue has it). Raises NotPossible where a root cause is missing.
    """
    current = held(case)
    if not current.open:
        return None
    if cause is not None:
        current.cause = cause
    complaint = getattr(current, "complaint", None)
    if complaint is not None and not complaint.done:
        raise NotPossible(_("It is a complaint: send the final response first, or note that it was settled."))
    if current.queue.needs_cause and current.cause_id is None:
        raise NotPossible(_("Say the root cause first: this queue wants one for each case."))
    _end(current, by=by, now=now)
    step(current, What.CLOSED, by=by, now=now, text=outcome.strip()[:5_000])
    closure = Closure.objects.create(case=current, at=now, by=by, outcome=outcome.strip()[:5_000])
    if ask if ask is not None else current.queue.asks_customer:
        from regard.care.closures.ask import ask_customer

        ask_customer(closure, current, now=now)
    keep(current, "state", "closed", "cause", "responded", "snoozed", "unheard", "due", "warn", now=now)
    for child in current.children.exclude(state=State.CLOSED):
        close(child, by=by, now=now, outcome=outcome, cause=cause or current.cause, ask=ask)
    tell([news("case.watched", current, list(watching(current, People(current.workspace_id))))], now=now, by=closer)
    return closure


def _end(current: Case, *, by: str, now: datetime) -> None:
    note_late(current, Clock.CLOSE, now=now)
    respond(current, now=now)
    enter(current, State.CLOSED, by=by, now=now)
    current.closed, current.snoozed, current.unheard = now, None, False
    lift(current.workspace_id, by=by, now=now, cause=Because("case", str(current.pk)))
    lasted = (now - current.opened).total_seconds()
    tell_ledger(current.workspace_id, [Row(current, "Case closed", now, nth=current.reopenings, lasted=lasted)])


@transaction.atomic
def reopen(case: Case, *, by: str, now: datetime, why: str = "") -> bool:
    """Its clocks begin anew. Whether it was closed."""
    current = held(case)
    if current.open:
        return False
    enter(current, State.OPEN, by=by, now=now)
    current.closed, current.warned, current.reopenings = None, None, current.reopenings + 1
    set_due(current, current.queue, hours_for(current), since=now)
    step(current, What.REOPENED, by=by, now=now, text=why[:5_000])
    keep(current, "state", "closed", "warned", "reopenings", "first_due", "due", "warn", now=now)
    if current.profile_id is not None:
        whom = {Because("case", str(current.pk)): current.profile_id}
        restrain_each(current.workspace_id, whom, reason=Reason.CASE, by=by or _("the customer"), now=now, purposes=KEPT_FROM)
    tell_ledger(current.workspace_id, [Row(current, "Case reopened", now, nth=current.reopenings)])
    return True
