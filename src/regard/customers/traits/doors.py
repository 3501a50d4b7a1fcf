"""The way to the catalogue of traits from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.traits.models import Trait
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.CATALOGUE):
        return []
    entered = Trait.objects.filter(workspace=member.workspace).count()
    now = ngettext("%(n)s with a kind", "%(n)s with a kind", entered) % {"n": entered} if entered else ""
    text = _("What kind of value each has, and whom to believe when sources disagree.")
    return [Door(_("Traits"), text, now, reverse("traits:index"))]
