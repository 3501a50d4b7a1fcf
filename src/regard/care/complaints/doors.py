"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.rules.models import ComplaintRule
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    rules = list(ComplaintRule.objects.filter(workspace=member.workspace, retired=None).values_list("name", flat=True)[:2])
    opened = ComplaintDoor.objects.filter(workspace=member.workspace).exclude(opened=None).exists()
    now = rules[0] if len(rules) == 1 else _("several deadlines") if rules else _("our own promise")
    text = _("Deadlines, how much may be given, and the public form.")
    return [Door(_("Complaints"), text, reverse("complaints:settings"), f"{now} · {_('form open') if opened else _('form closed')}")]
