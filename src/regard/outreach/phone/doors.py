"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.outreach.phone.models import PhoneAccount
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    known = PhoneAccount.objects.filter(workspace=member.workspace).order_by("channel")
    now = ", ".join(_("%(channel)s does not work") % {"channel": one.channel} if one.trouble else str(one) for one in known)
    text = _("How SMS and WhatsApp to customers go out, from which number, and what people write back.")
    return [Door(_("Sending texts"), text, now or _("not set up"), reverse("phone:show", args=["sms"]))]
