"""The ways into contact policy from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.suppression.models import Suppression
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CONFIGURE):
        return []
    purposes = Purpose.objects.filter(workspace=member.workspace, retired=None).count()
    barred = Suppression.objects.filter(workspace=member.workspace).count()
    return [
        Door(
            _("Contact policy"),
            _("What customers are contacted for, what they agree to, quiet hours and how often."),
            ngettext("%(n)s purpose", "%(n)s purposes", purposes) % {"n": purposes},
            reverse("contact:policy"),
        ),
        Door(
            _("Suppression list"),
            _("Addresses that are never used, whatever else holds."),
            ngettext("%(n)s address", "%(n)s addresses", barred) % {"n": barred} if barred else "",
            reverse("contact:suppressions"),
        ),
    ]
