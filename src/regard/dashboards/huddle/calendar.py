"""Until when what was decided is to be done, as calendars show it."""

from __future__ import annotations

from django.urls import reverse

from regard.dashboards.huddle.models import Decision
from regard.outreach.calendar.entries import Entry
from regard.workspace.members.models import Member


def due_decisions(member: Member, units: bool, most: int) -> list[Entry]:
    found = Decision.objects.filter(owner=member, done=None).exclude(due=None).order_by("due", "pk")[:most]
    return [Entry(f"decision {one.pk}", one.text[:160], one.due, reverse("huddle:index")) for one in found if one.due is not None]
