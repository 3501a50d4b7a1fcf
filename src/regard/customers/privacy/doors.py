"""The way to privacy from the settings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.privacy.models import Erasure
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    if not member.may(Right.PRIVACY):
        return []
    open_ = Erasure.objects.filter(workspace=member.workspace, done=None).count()
    return [
        Door(
            _("Privacy"),
            _("Who was erased, with the proof; how long data is kept; personal data in comments."),
            ngettext("%(n)s being erased", "%(n)s being erased", open_) % {"n": open_} if open_ else "",
            reverse("privacy:index"),
        )
    ]
