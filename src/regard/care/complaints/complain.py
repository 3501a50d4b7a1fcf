"""A case becomes a complaint: from then on deadlines hold that others set, and the customer is told at once that it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.due import follow_complaint
from regard.care.cases.models import Case, What
from regard.care.cases.told import Row, tell_ledger
from regard.care.cases.work import NotPossible, held, hours_for, keep, step
from regard.care.complaints.deadlines import due
from regard.care.complaints.models import Complaint, Via
from regard.care.complaints.regimes import regimes
from regard.care.complaints.rules.models import ComplaintRule
from regard.care.complaints.words import acknowledgement
from regard.care.letters.models import Direction
from regard.care.letters.write import WAYS, asked, write
from regard.care.queues.people import People
from regard.customers.contact.channels import Channel
from regard.customers.contact.verdict import Outcome

#: What came in longer ago is no complaint of today; dates are mistyped.
_OLDEST = timedelta(days=3_650)
#: Who writes what nobody of us wrote.
BY_ITSELF = "Regard"


@dataclass(frozen=True)
class Filing:
    """How it came in, and what is asked for. Without a rule the one of its unit holds."""

    via: str = Via.OTHER
    received: datetime | None = None
    remedy: str = ""
    wish: str = ""
    complainant: str = ""
    rule: ComplaintRule | None = None
    #: How they know already that it is here, such as on the phone; "" where a letter is to tell them.
    told: str = ""


@transaction.atomic
def complain(case: Case, filing: Filing, *, by: str, now: datetime) -> Complaint:
    """Once for each case: a second time it stays as it is. Raises NotPossible for a case that is closed, or a moment that cannot be."""
    current = held(case)
    known = Complaint.objects.filter(case=current).first()
    if known is not None:
        return known
    if not current.open:
        raise NotPossible(_("The case is closed: open it again first."))
    received = filing.received or current.opened
    if wrong := not_received(received, now):
        raise NotPossible(wrong)
    people = People(current.workspace_id)
    rule = filing.rule or rule_at(current.workspace_id, people.paths[current.unit_id])
    made = Complaint(
        case=current, received=received, via=filing.via, remedy=filing.remedy, wish=filing.wish[:500], complainant=filing.complainant[:300],
        rule=rule, by=by,
    )  # fmt: skip
    set_deadlines(made, current)
    made.save()
    step(current, What.COMPLAINED, by=by, now=now, text=rule.name)
    current.complaint = made
    follow_complaint(current)
    keep(current, "due", "warn", now=now)
    tell_ledger(current.workspace_id, [Row(current, "Complaint received", received)])
    if filing.told:
        made.acknowledged, made.acknowledged_how = now, filing.told[:200]
        made.save(update_fields=["acknowledged", "acknowledged_how"])
        step(current, What.ACKNOWLEDGED, by=by, now=now, text=filing.told)
    else:
        acknowledge_by_letter(made, now=now)
    return made


def not_received(received: datetime, now: datetime) -> str:
    """Why it cannot have been received then; "" where it can."""
    if received > now + timedelta(minutes=5):
        return _("It cannot have been received at a moment that is still to come.")
    return "" if received > now - _OLDEST else _("It cannot have been received more than ten years ago: look at the year.")


def rule_at(workspace: int, path: tuple[int, ...]) -> ComplaintRule:
    """The one of the nearest unit up the tree, else the company's own; where there is none yet, our own promise."""
    rules = list(ComplaintRule.objects.filter(workspace=workspace, retired=None).order_by("pk"))
    at: Mapping[int, ComplaintRule] = {one.unit_id: one for one in rules if one.unit_id is not None}
    for unit in reversed(path):
        if unit in at:
            return at[unit]
    return next((one for one in rules if one.everywhere), None) or take_over(workspace, "own", everywhere=True)


def take_over(workspace: int, key: str, *, everywhere: bool = False) -> ComplaintRule:
    """One of the library, as a rule of the workspace. Raises KeyError."""
    one = regimes()[key]
    found, _made = ComplaintRule.objects.get_or_create(
        workspace_id=workspace, name=one.name, retired=None,
        defaults={
            "acknowledge": one.acknowledge, "update": one.update, "answer": one.answer, "extended": one.extended, "authority": one.authority,
            "website": one.website, "refer_months": one.refer_months, "source": one.source, "everywhere": everywhere,
        },
    )  # fmt: skip
    if everywhere and not found.everywhere:
        found.everywhere = True
        found.save(update_fields=["everywhere"])
    return found


def set_deadlines(complaint: Complaint, case: Case) -> None:
    """By its rule, from when it was received, on the calendar of its unit."""
    hours, rule = hours_for(case), complaint.rule
    acknowledge, update, answer = (rule.length(name) for name in ("acknowledge", "update", "answer"))
    assert acknowledge is not None and answer is not None
    complaint.acknowledge_by = due(complaint.received, acknowledge, hours)
    complaint.update_by = due(complaint.received, update, hours) if update else None
    complaint.answer_by = due(complaint.received, answer, hours)


def acknowledge_by_letter(complaint: Complaint, *, now: datetime) -> bool:
    """At once, where they can be reached; else somebody has to, and the complaint says so. Whether it was."""
    case = complaint.case
    way = way_to(case, now=now)
    if way is None:
        return False
    subject, text = acknowledgement(complaint)
    try:
        write(case, text, by=BY_ITSELF, now=now, channel=way, subject=subject if way == Channel.EMAIL else "", wait=False, answers=False)
    except NotPossible:
        return False
    complaint.acknowledged, complaint.acknowledged_how = now, way
    complaint.save(update_fields=["acknowledged", "acknowledged_how"])
    step(case, What.ACKNOWLEDGED, by=BY_ITSELF, now=now)
    return True


def way_to(case: Case, *, now: datetime) -> str | None:
    """How the customer is to be written to: as they wrote to us, else by what reaches them; None where nothing does."""
    heard = case.letters.filter(direction=Direction.IN, foreign=False).last()
    for way in dict.fromkeys([heard.channel, *WAYS] if heard else WAYS):
        if way in WAYS and asked(case, way, now=now).outcome is not Outcome.REFUSED:
            return way
    return None
