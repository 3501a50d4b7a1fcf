"""When cases are due, as calendars show it: by number and what it is about, as notices do."""

from __future__ import annotations

from django.db.models import Case as Case_
from django.db.models import Q, When
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, State
from regard.care.queues.people import answers
from regard.outreach.calendar.entries import Entry
from regard.workspace.members.models import Member
from regard.workspace.units.models import at_and_below

_MUCH = 60


def due_cases(member: Member, units: bool, most: int) -> list[Entry]:
    """Each open case at the moment of its next clock; none while it is the customer's turn, as then no clock runs."""
    which = Q(owner=member)
    if units and answers(member):
        which |= Q(unit__in=at_and_below(member.workspace_id, set(member.units.values_list("pk", flat=True))))
    found = Case.objects.filter(which, workspace=member.workspace_id).exclude(state__in=(State.CLOSED, State.WAITING))
    soonest = Case_(When(responded=None, first_due__isnull=False, then="first_due"), default="due")
    rows = [(case, case.at) for case in found.annotate(at=soonest).exclude(at=None).order_by("at", "pk")[:most]]
    return [
        Entry(
            f"case {case.pk}", _said(case) % {"number": case.number, "title": case.title[:_MUCH]}, at, reverse("cases:show", args=[case.number])
        )
        for case, at in rows
    ]


def _said(case: Case) -> str:
    if case.responded is None and case.first_due is not None:
        return _("Case %(number)s: first response. %(title)s")
    return _("Case %(number)s is due: %(title)s")
