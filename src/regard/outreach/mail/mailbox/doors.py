"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.outreach.mail.mailbox.models import Mailbox
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    box = Mailbox.objects.filter(workspace=member.workspace).first()
    now = _("not set up") if box is None else _("cannot be read") if box.trouble else box.address
    return [Door(_("Mailbox of answers"), _("Where customers’ answers arrive, so that they land in their cases."), now, reverse("mailbox:show"))]
