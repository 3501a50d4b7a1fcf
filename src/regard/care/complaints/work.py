"""What is done with a complaint, from its assessment to its final response. Each verb holds the case until its transaction ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from regard.care.cases.due import follow_complaint
from regard.care.cases.models import Case, Clock, State, What
from regard.care.cases.told import Row, tell_ledger
from regard.care.cases.work import NotPossible, enter, held, hours_for, keep, log_late, respond, step
from regard.care.complaints.complain import not_received, set_deadlines, way_to
from regard.care.complaints.deadlines import due
from regard.care.complaints.models import (
    Answer,
    Assessment,
    Complaint,
    Extension,
    Finding,
    Referral,
    Ruled,
    Ruling,
    Severity,
)
from regard.care.complaints.rules.models import ComplaintRule
from regard.care.complaints.words import how_it_stands
from regard.care.letters.models import Letter
from regard.care.letters.write import write
from regard.customers.contact.channels import Channel

_LONGEST = 10_000
#: Whoever does this works on it.
_WORK = {What.ASSESSED, What.FOUND, What.RULED, What.ANSWERED, What.INFORMED, What.EXTENDED}


def current(complaint: Complaint) -> Complaint:
    """As it stands, until the transaction ends."""
    held(complaint.case)
    related = ("case__workspace", "case__unit", "case__queue", "case__touchpoint", "case__profile", "case__owner__user", "rule")
    return Complaint.objects.select_related(*related).get(pk=complaint.pk)


def _open(complaint: Complaint) -> Complaint:
    found = current(complaint)
    if not found.case.open:
        raise NotPossible(_("The case is closed: open it again first."))
    return found


def plain(text: str) -> str:
    return text.replace("\0", "").strip()[:_LONGEST]


def _told(complaint: Complaint, what: What, *, by: str, now: datetime, text: str = "") -> None:
    step(complaint.case, what, by=by, now=now, text=text)
    if complaint.case.state == State.NEW and what in _WORK:
        enter(complaint.case, State.OPEN, by=by, now=now)
    complaint.case.complaint = complaint
    follow_complaint(complaint.case)
    keep(complaint.case, "state", "due", "warn", now=now)


@transaction.atomic
def acknowledge(complaint: Complaint, *, how: str, by: str, now: datetime) -> None:
    """By another way than a letter of ours: on the phone, by post."""
    found, said = _open(complaint), " ".join(how.split())[:200]
    if not said:
        raise NotPossible(_("Say how the customer was told that it is here, such as on the phone."))
    if found.acknowledged is None:
        log_late(found.case, Clock.ACKNOWLEDGE, found.acknowledge_by, now=now)
        found.acknowledged, found.acknowledged_how = now, said
        found.save(update_fields=["acknowledged", "acknowledged_how"])
        respond(found.case, now=now)
        found.case.save(update_fields=["responded"])
        _told(found, What.ACKNOWLEDGED, by=by, now=now, text=said)


@transaction.atomic
def assess(complaint: Complaint, assessment: Assessment, *, by: str, now: datetime) -> None:
    found = _open(complaint)
    assessment.complaint, assessment.by, assessment.at = found, by, now
    assessment.save()
    _told(found, What.ASSESSED, by=by, now=now, text=str(Severity(assessment.severity).label))


@transaction.atomic
def find(complaint: Complaint, text: str, *, by: str, now: datetime) -> None:
    """What the investigation found."""
    found, said = _open(complaint), plain(text)
    if not said:
        raise NotPossible(_("Say what you found."))
    Finding.objects.create(complaint=found, text=said, by=by, at=now)
    _told(found, What.FOUND, by=by, now=now, text=said)


@transaction.atomic
def inform(complaint: Complaint, text: str, *, by: str, now: datetime) -> None:
    """Tell the customer how it stands; the next time is due after another such while."""
    found, said = _open(complaint), plain(text)
    if not said:
        raise NotPossible(_("Say how it stands."))
    _send(found.case, how_it_stands(found, said), by=by, now=now)
    log_late(found.case, Clock.INFORM, found.update_by, now=now)
    every = found.rule.length("update")
    found.update_by = due(now, every, hours_for(found.case)) if every and not found.done else None
    found.save(update_fields=["update_by"])
    _told(found, What.INFORMED, by=by, now=now)


@transaction.atomic
def extend(complaint: Complaint, text: str, *, by: str, now: datetime) -> None:
    """Put the final response off as far as the rule allows it, which the customer is told, and why."""
    found, said = _open(complaint), plain(text)
    longest = found.rule.length("extended")
    if longest is None:
        raise NotPossible(_("“%(rule)s” does not allow it to be put off.") % {"rule": found.rule.name})
    until = due(found.received, longest, hours_for(found.case))
    if not said:
        raise NotPossible(_("Say why it takes longer: the customer reads it."))
    if found.answer_by >= until:
        raise NotPossible(_("It was put off already."))
    found.answer_by, found.warned = until, None
    found.save(update_fields=["answer_by", "warned"])
    Extension.objects.create(complaint=found, until=until, text=said, by=by, at=now)
    _send(found.case, how_it_stands(found, said), by=by, now=now)
    shown = until.astimezone(found.case.workspace.zone).strftime("%Y-%m-%d")
    _told(found, What.EXTENDED, by=by, now=now, text=shown)


@transaction.atomic
def change(complaint: Complaint, *, rule: ComplaintRule, received: datetime, given: Mapping[str, Any], by: str, now: datetime) -> None:
    """What was entered wrongly: its deadlines follow anew from when it was received and the rule that holds."""
    found = _open(complaint)
    if wrong := not_received(received, now):
        raise NotPossible(wrong)
    for name in ("via", "remedy", "wish"):
        setattr(found, name, given[name])
    if (rule.pk, received) != (found.rule_id, found.received):
        found.rule, found.received, found.warned = rule, received, None
        set_deadlines(found, found.case)
        if found.answered is not None:
            found.update_by = None
        _told(found, What.COMPLAINED, by=by, now=now, text=rule.name)
    found.save()


@transaction.atomic
def rule_on(complaint: Complaint, ruling: str, reasons: str, *, by: str, now: datetime) -> None:
    """Decide it. Raises NotPossible without reasons: the customer is owed them."""
    found, said = _open(complaint), plain(reasons)
    if not said:
        raise NotPossible(_("Say why: the customer reads it in the final response."))
    if not found.assessments.exists():
        raise NotPossible(_("Assess it first: how grave it is, and whether others are affected."))
    Ruled.objects.create(complaint=found, ruling=Ruling(ruling), reasons=said, by=by, at=now)
    _told(found, What.RULED, by=by, now=now, text=str(Ruling(ruling).label))


def approved_amount(complaint: Complaint) -> Decimal:
    return complaint.redress.exclude(approved=None).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def refer_until(complaint: Complaint, now: datetime) -> date | None:
    """How long they may go to the ombudsman from a final response of now; None where there is no ombudsman or no such end."""
    months = complaint.rule.refer_months
    if not months or not complaint.rule.authority:
        return None
    return now.astimezone(complaint.case.workspace.zone).date() + relativedelta(months=months)


@transaction.atomic
def answer(complaint: Complaint, text: str, *, by: str, now: datetime, how: str = "") -> Answer:
    """The final response: as a letter of ours, or, where `how` says so, in another way (by post) whose words are kept here.

    Raises NotPossible before it is decided, while money waits for approval, and where it does not name the ombudsman that the rule has.
    """
    found, said, other = _open(complaint), plain(text), " ".join(how.split())[:200]
    if not found.rulings.exists():
        raise NotPossible(_("Decide it first: whether the complaint is upheld, and why."))
    if found.redress.filter(approved=None, refused=None).exists():
        raise NotPossible(_("Money for the customer still waits to be approved: wait for that, or refuse it."))
    if not said:
        raise NotPossible(_("Write the final response first."))
    if found.rule.authority and found.rule.authority.casefold() not in said.casefold():
        raise NotPossible(_("The final response has to name the %(authority)s, whom the customer may go to.") % {"authority": found.rule.authority})
    letter = None if other else _send(found.case, said, by=by, now=now)
    made = Answer.objects.create(
        complaint=found, at=now, by=by, text=said, letter=letter, how=other, refer_until=refer_until(found, now)
    )
    log_late(found.case, Clock.ANSWER, found.answer_by, now=now)
    if other:
        respond(found.case, now=now)
        found.case.save(update_fields=["responded"])
    first = found.answered is None
    found.answered, found.update_by = found.answered or now, None
    found.save(update_fields=["answered", "update_by"])
    _told(found, What.ANSWERED, by=by, now=now, text=other)
    if first:
        lasted = (now - found.received).total_seconds()
        tell_ledger(found.case.workspace_id, [Row(found.case, "Complaint answered", now, lasted=lasted)])
    return made


@transaction.atomic
def withdraw(complaint: Complaint, text: str, *, by: str, now: datetime) -> None:
    """The customer took it back, or took what was offered: nothing more is owed, and it says why."""
    found, said = _open(complaint), plain(text)
    if not said:
        raise NotPossible(_("Say how it was settled, and how the customer said so."))
    if found.done:
        return
    found.withdrawn, found.update_by = now, None
    found.save(update_fields=["withdrawn", "update_by"])
    _told(found, What.WITHDRAWN, by=by, now=now, text=said)


@transaction.atomic
def refer(complaint: Complaint, *, authority: str, reference: str, by: str, now: datetime) -> Referral:
    """The customer went to the ombudsman with it; that may be so before we have answered, and after the case was closed."""
    found = current(complaint)
    name = " ".join(authority.split())[:120] or found.rule.authority
    if not name:
        raise NotPossible(_("Say whom the customer went to."))
    made = Referral.objects.create(complaint=found, authority=name, reference=" ".join(reference.split())[:100], by=by, at=now)
    _told(found, What.REFERRED, by=by, now=now, text=name)
    return made


@transaction.atomic
def settle_referral(complaint: Complaint, number: int, *, overturned: bool, outcome: str, by: str, now: datetime) -> None:
    """What the ombudsman decided."""
    found = current(complaint)
    one = found.referrals.filter(pk=number, decided=None).first()
    if one is None:
        raise NotPossible(_("There is nothing that the ombudsman still has to decide."))
    one.decided, one.overturned, one.outcome = now, overturned, plain(outcome)[:5_000]
    one.save(update_fields=["decided", "overturned", "outcome"])
    said = _("%(who)s decided otherwise") if overturned else _("%(who)s agreed with us")
    _told(found, What.REFERRED, by=by, now=now, text=said % {"who": one.authority})


def _send(case: Case, text: str, *, by: str, now: datetime) -> Letter:
    way = way_to(case, now=now)
    if way is None:
        raise NotPossible(_("Nobody knows how to write to this customer: give an address on their page, or tell them in another way and say how."))
    return write(case, text, by=by, now=now, channel=way or Channel.EMAIL, wait=False)
