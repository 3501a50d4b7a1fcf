from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.workspace.members.models import Member
from regard.workspace.members.rights import RANK, Role, may_grant
from regard.workspace.units.field import UnitsField

MEANING = {
    Role.VIEWER: _("sees scores, not people"),
    Role.AGENT: _("sees customers and their timelines, adds notes"),
    Role.MANAGER: _("as agent, and exports"),
    Role.ANALYST: _("as agent; imports, edits touchpoints, exports"),
    Role.ADMIN: _("everything but the workspace itself and sign-on"),
    Role.OWNER: _("everything"),
}


def roles_that(giver: Member) -> list[tuple[str, str]]:
    """The roles this member may hand out, each with what it may do."""
    return [(role.value, f"{role.label}: {MEANING[role]}") for role in RANK if may_grant(giver.role, role)]


class SeatForm(forms.Form):
    """A role at one or more units."""

    def __init__(self, *args: Any, giver: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=roles_that(giver), initial=Role.AGENT, widget=forms.RadioSelect
        )
        self.fields["units"] = UnitsField(giver.scope())
