"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.care.queues.models import Queue
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    count = Queue.objects.filter(workspace=member.workspace, retired=None).count() or 1
    now = ngettext("%(n)s queue", "%(n)s queues", count) % {"n": count}
    text = _("Queues, how fast things are to be done, working hours, root causes.")
    return [Door(_("How cases are worked on"), text, now, reverse("queues:index"))]
