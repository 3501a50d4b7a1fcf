"""Until when a member's tasks are to be done, as calendars show it."""

from __future__ import annotations

from django.urls import reverse

from regard.governance.initiatives.models import InitiativeTask
from regard.outreach.calendar.entries import Entry
from regard.workspace.members.models import Member


def due_tasks(member: Member, units: bool, most: int) -> list[Entry]:
    found = InitiativeTask.objects.filter(owner=member, done=None).exclude(due=None).select_related("initiative").order_by("due", "pk")[:most]
    return [
        Entry(f"task {one.pk}", f"{one.initiative.title}: {one.text}"[:160], one.due, reverse("initiatives:show", args=[one.initiative_id]))
        for one in found
        if one.due is not None
    ]
