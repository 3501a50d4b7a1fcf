"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.connectors.helpdesk.models import Desk
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    desk = Desk.objects.filter(workspace=member.workspace).first()
    now = _("not connected") if desk is None else _("paused") if desk.paused else _("does not work") if desk.trouble else str(desk)
    return [Door(_("Help desk"), _("Tickets of Zendesk and cases are one matter each, whoever works where."), now, reverse("helpdesk:show"))]
