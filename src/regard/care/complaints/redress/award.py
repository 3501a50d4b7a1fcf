"""Money for those who complain: what is more than somebody may give waits for somebody who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, What
from regard.care.cases.work import NotPossible, keep, step
from regard.care.complaints.models import Complaint
from regard.care.complaints.news import news
from regard.care.complaints.redress.models import Redress, RedressKind, within_limit
from regard.care.complaints.work import current
from regard.care.queues.people import People
from regard.outreach.notices.tell import tell
from regard.web.numbers import money
from regard.workspace.members.models import Member


def _said(one: Redress, case: Case) -> str:
    return f"{money(float(one.amount), case.workspace.currency)} ({RedressKind(one.kind).label}): {one.reason}"


@transaction.atomic
def propose(complaint: Complaint, *, kind: str, amount: Decimal, reason: str, by: Member, now: datetime) -> Redress:
    """Approved at once where the proposer may; else those who may are told. What one complaint gets counts together."""
    found = current(complaint)
    if found.answered is not None:
        raise NotPossible(_("The final response went out: what it says is given."))
    why = " ".join(reason.split())[:500]
    if not why:
        raise NotPossible(_("Say what it is for."))
    one = Redress(complaint=found, kind=RedressKind(kind), amount=amount, reason=why, at=now, by=by.user.email)
    if within_limit(by, _all_of(found) + amount):
        one.approved, one.approved_by = now, by.user.email
    one.save()
    step(found.case, What.OFFERED, by=one.by, now=now, text=_said(one, found.case))
    keep(found.case, now=now)
    if one.waits:
        who = list(who_may(found.case, _all_of(found)))
        if not who:
            raise NotPossible(_("Nobody may approve so much: raise a limit in the settings of complaints first."))
        tell([news("complaint.approve", found.case, who)], now=now, by=by)
    return one


def _all_of(complaint: Complaint) -> Decimal:
    """What was proposed and not refused."""
    return sum((one.amount for one in complaint.redress.filter(refused=None)), Decimal(0))


def who_may(case: Case, amount: Decimal) -> Iterator[Member]:
    """Those who answer for its unit and may give so much; else those above them."""
    people = People(case.workspace_id)
    for above in range(len(people.paths.get(case.unit_id, ())) + 1):
        able = [one for one in people.answering(case.unit_id, above=above) if within_limit(one, amount)]
        if able:
            yield from able
            return


def _waiting(complaint: Complaint, number: int, by: Member) -> Redress:
    """Raises NotPossible where nothing waits, or it is not for them to say."""
    one = complaint.redress.select_for_update().filter(pk=number, approved=None, refused=None).first()
    if one is None:
        raise NotPossible(_("It was decided already."))
    if one.by == by.user.email:
        raise NotPossible(_("Somebody else has to approve what you proposed."))
    if not within_limit(by, _all_of(complaint)):
        raise NotPossible(_("It is more than you may approve."))
    return one


@transaction.atomic
def approve(complaint: Complaint, number: int, *, by: Member, now: datetime) -> None:
    found = current(complaint)
    one = _waiting(found, number, by)
    one.approved, one.approved_by = now, by.user.email
    one.save(update_fields=["approved", "approved_by"])
    _tell(found.case, one, What.APPROVED, by, now)


@transaction.atomic
def refuse(complaint: Complaint, number: int, *, why: str, by: Member, now: datetime) -> None:
    """Whoever proposed it may take it back, too."""
    found = current(complaint)
    said = " ".join(why.split())[:500]
    if not said:
        raise NotPossible(_("Say why not: whoever proposed it reads it."))
    own = found.redress.filter(pk=number, approved=None, refused=None, by=by.user.email).first()
    one = own or _waiting(found, number, by)
    one.refused, one.refused_by, one.refusal = now, by.user.email, said
    one.save(update_fields=["refused", "refused_by", "refusal"])
    _tell(found.case, one, What.REFUSED, by, now)


def _tell(case: Case, one: Redress, what: What, by: Member, now: datetime) -> None:
    step(case, what, by=by.user.email, now=now, text=_said(one, case))
    keep(case, now=now)
    people = People(case.workspace_id)
    proposer = [member for member in people.members.values() if member.user.email == one.by]
    tell([news("complaint.decided", case, proposer)], now=now, by=by)


@transaction.atomic
def pay(complaint: Complaint, number: int, *, reference: str, by: Member, now: datetime) -> None:
    """It was paid, and the books call it so. Money itself moves elsewhere."""
    found = current(complaint)
    one = found.redress.select_for_update().exclude(approved=None).filter(pk=number, paid=None).first()
    if one is None:
        raise NotPossible(_("There is nothing approved that was not paid yet."))
    one.paid, one.paid_by, one.reference = now, by.user.email, " ".join(reference.split())[:100]
    one.save(update_fields=["paid", "paid_by", "reference"])
    step(found.case, What.PAID, by=by.user.email, now=now, text=_said(one, found.case))
    keep(found.case, now=now)
