"""Complaints as a reader may see them: the list, what is owed next, and the stages of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, State
from regard.care.cases.queries import names_of, seen
from regard.care.complaints.models import Complaint
from regard.care.complaints.redress.models import Redress, within_limit
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member
from regard.workspace.units.models import at_and_below

#: What is due within so long counts as due soon.
_SOON = timedelta(days=5)
_RELATED = ("case__queue", "case__unit", "case__owner__user", "case__profile", "case__workspace", "case__touchpoint", "case__cause", "rule")
TABS = ("", "late", "soon", "approval", "ombudsman", "done")


def of_reader(scope: Scope, member: Member) -> QuerySet[Complaint]:
    """Those whose cases they may see."""
    return Complaint.objects.filter(case__in=seen(scope, member)).select_related(*_RELATED)


def owed() -> Q:
    return Q(answered=None, withdrawn=None) & ~Q(case__state=State.CLOSED)


def late(now: datetime) -> Q:
    return owed() & (Q(answer_by__lt=now) | Q(acknowledged=None, acknowledge_by__lt=now) | Q(update_by__lt=now))


def filtered(found: QuerySet[Complaint], given: Mapping[str, str], *, workspace: int, now: datetime) -> QuerySet[Complaint]:
    """As the address says; what makes no sense in it is passed over."""
    match given.get("tab", ""):
        case "late":
            found = found.filter(late(now))
        case "soon":
            found = found.filter(owed(), answer_by__gte=now, answer_by__lt=now + _SOON)
        case "approval":
            found = found.filter(pk__in=Redress.objects.filter(approved=None, refused=None).values("complaint"))
        case "ombudsman":
            found = found.filter(referrals__isnull=False).distinct()
        case "done":
            found = found.filter(~owed())
        case _:
            found = found.filter(owed())
    if given.get("rule", "").isdecimal():
        found = found.filter(rule=int(given["rule"][:9]))
    if given.get("unit", "").isdecimal():
        found = found.filter(case__unit__in=at_and_below(workspace, {int(given["unit"][:9])}))
    plain = given.get("q", "").replace("\0", "").strip()
    if plain.lstrip("#").isdecimal() and len(plain) < 10:
        found = found.filter(case__number=int(plain.lstrip("#")))
    else:
        for word in plain.split()[:6]:
            found = found.filter(Q(case__title__icontains=word[:100]) | Q(case__words__icontains=word[:100]))
    return found.order_by("-received", "-pk") if given.get("tab") == "done" else found.order_by("answer_by", "pk")


@dataclass(frozen=True)
class Owed:
    """How many are open, late, due soon, and wait for money to be approved."""

    open: int
    late: int
    soon: int
    approval: int


def counts(found: QuerySet[Complaint], *, now: datetime) -> Owed:
    waits = Redress.objects.filter(approved=None, refused=None).values("complaint")
    return Owed(
        open=found.filter(owed()).count(), late=found.filter(late(now)).count(),
        soon=found.filter(owed(), answer_by__gte=now, answer_by__lt=now + _SOON).count(), approval=found.filter(pk__in=waits).count(),
    )  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One of the stages that ISO 10002 names. `at` None: not come to yet; `due`: until when it has to, where a rule says so."""

    name: str
    at: datetime | None
    told: str = ""
    due: datetime | None = None
    late: bool = False


def stages(complaint: Complaint, now: datetime) -> list[Stage]:
    """In their order; each done or still to do."""
    one, case = complaint, complaint.case
    assessed, found = one.assessments.last(), one.findings.first()
    ruled, answered = one.rulings.last(), one.answers.last()
    over = one.withdrawn is not None
    acknowledged_late = (one.acknowledged or now) > one.acknowledge_by and not over
    answered_late = (one.answered or now) > one.answer_by and not over
    return [
        Stage(_("Received"), one.received, one.get_via_display()),
        Stage(_("Acknowledged"), one.acknowledged, one.acknowledged_how, one.acknowledge_by, acknowledged_late),
        Stage(_("Assessed"), assessed.at if assessed else None, assessed.get_severity_display().partition(":")[0] if assessed else ""),
        Stage(_("Investigated"), found.at if found else None),
        Stage(_("Decided"), ruled.at if ruled else None, ruled.get_ruling_display() if ruled else ""),
        Stage(_("Answered"), one.withdrawn or (answered.at if answered else None), _("settled") if over else "", one.answer_by, answered_late),
        Stage(_("Closed"), case.closed),
    ]  # fmt: skip


def next_due(complaint: Complaint) -> datetime | None:
    """What is owed first."""
    if complaint.done:
        return None
    moments = [complaint.answer_by, complaint.update_by, complaint.acknowledge_by if complaint.acknowledged is None else None]
    return min(one for one in moments if one is not None)


@dataclass(frozen=True)
class Money:
    redress: Redress
    #: The reader may approve it.
    mine_to_approve: bool
    mine: bool


def redress_of(complaint: Complaint, member: Member) -> list[Money]:
    rows = list(complaint.redress.all())
    total = sum((one.amount for one in rows if one.refused is None), Decimal(0))
    return [
        Money(one, one.waits and one.by != member.user.email and within_limit(member, total), one.by == member.user.email) for one in rows
    ]  # fmt: skip


#: Where it stands who did something, and what it is called on the page.
_BY = {"by": "who", "approved_by": "who_approved", "refused_by": "who_refused", "paid_by": "who_paid"}


def by_name(rows: Sequence[Any]) -> None:
    """Who did something is told by name."""
    names = names_of(getattr(row, field, "") for row in rows for field in _BY)
    for row in rows:
        for field, shown in _BY.items():
            setattr(row, shown, names.get(getattr(row, field, ""), getattr(row, field, "")))


def complaint_of(scope: Scope, member: Member, number: int) -> Complaint | None:
    return of_reader(scope, member).filter(case__number=number).first() if number < 2**31 else None


def may_be_one(case: Case) -> bool:
    return case.open and case.merged_into_id is None and getattr(case, "complaint", None) is None
