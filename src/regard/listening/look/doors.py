from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from regard.listening.look.models import Look
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CATALOGUE):
        return []
    look = Look.objects.filter(pk=member.workspace_id).first()
    now = "" if look is None else _("with a logo") if look.logo else look.colour
    return [Door(_("Look of surveys"), _("Logo, colour and font of all that respondents see."), now, reverse("look:edit"))]
