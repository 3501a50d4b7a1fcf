from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from regard.care.cases.models import Case
from regard.connectors.helpdesk.models import Desk, Setback, Ticket

_MOST = 20


@dataclass(frozen=True)
class Troubled:
    """A ticket of which something is wrong. Without a case it was never taken; without tries only somebody can help it. `again` is to come."""

    number: int
    case: Case | None
    why: str
    tries: int = 0
    again: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How a desk stands: tickets that are cases, what waits to be put there, and the newest of which something is wrong."""

    tickets: int
    waiting: int
    failing: int
    troubled: list[Troubled]


def standing(desk: Desk, *, now: datetime) -> Standing:
    counted = desk.tickets.exclude(case=None).aggregate(tickets=Count("pk"), waiting=Count("pk", filter=Q(over=None) & ~Q(pending=None)))
    return Standing(counted["tickets"], counted["waiting"], desk.setbacks.count(), [*_failing(desk, now), *_troubled(desk)])


def _failing(desk: Desk, now: datetime) -> list[Troubled]:
    found = list(desk.setbacks.order_by("-pk")[:_MOST])
    cases = {one.number: one.case for one in desk.tickets.filter(number__in=[one.number for one in found]).select_related("case")}
    return [Troubled(one.number, cases.get(one.number), one.trouble, one.tries, one.again if one.again > now else None) for one in found]


def _troubled(desk: Desk) -> list[Troubled]:
    found = desk.tickets.exclude(trouble="").exclude(case=None).select_related("case").order_by("-pk")[:_MOST]
    return [Troubled(one.number, one.case, one.trouble) for one in found]


def troubles(case: Case) -> Sequence[str]:
    """What is wrong with the tickets that a case is, each in a sentence, for its page."""
    tickets = Ticket.objects.filter(Q(case=case) | Q(case__merged_into=case))
    found = [_("Ticket %(number)s of Zendesk: %(why)s") % {"number": one.number, "why": one.trouble} for one in tickets.exclude(trouble="")]
    for one in Setback.objects.filter(desk__tickets__in=tickets, number=F("desk__tickets__number")):
        said = {"number": one.number, "why": one.trouble}
        if one.way == "take":
            found.append(_("What is new in ticket %(number)s of Zendesk could not be taken: %(why)s It is tried again by itself.") % said)
        else:
            found.append(_("Ticket %(number)s of Zendesk could not be told: %(why)s It is tried again by itself.") % said)
    return found
