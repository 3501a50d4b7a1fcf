from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from regard.connectors.helpdesk.models import Desk, Ticket

_MOST = 20


@dataclass(frozen=True)
class Standing:
    """How a desk stands: tickets that are cases, what waits to be put there, and the newest of which something is wrong."""

    tickets: int
    waiting: int
    troubled: list[Ticket]


def standing(desk: Desk) -> Standing:
    counted = desk.tickets.exclude(case=None).aggregate(tickets=Count("pk"), waiting=Count("pk", filter=Q(over=None) & ~Q(pending=None)))
    troubled = desk.tickets.exclude(trouble="").exclude(case=None).select_related("case").order_by("-pk")[:_MOST]
    return Standing(counted["tickets"], counted["waiting"], list(troubled))
