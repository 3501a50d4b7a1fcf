"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.outreach.mail.models import MailAccount
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    account = MailAccount.objects.filter(workspace=member.workspace).first()
    now = _("not set up") if account is None else _("does not work") if account.trouble else account.sender_address
    text = _("How e-mail to customers goes out, from whom, and what comes back.")
    return [Door(_("Sending e-mail"), text, now, reverse("mail:show"))]
