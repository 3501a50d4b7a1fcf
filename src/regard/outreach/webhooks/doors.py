"""The way to it from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.outreach.webhooks.models import Endpoint
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.OWN):
        return []
    count = Endpoint.objects.filter(workspace=member.workspace, removed=None).count()
    now = ngettext("%(n)s address", "%(n)s addresses", count) % {"n": count} if count else _("none")
    return [Door(_("Webhooks"), _("Other systems that playbooks tell of things."), now, reverse("webhooks:index"))]
