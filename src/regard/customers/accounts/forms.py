from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.accounts.models import Account
from regard.customers.accounts.queries import names
from regard.workspace.workspaces.models import Workspace


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Account.Kind)
    key = forms.CharField(
        label=_("Key"), max_length=200, required=False,
        help_text=_("What events and files call it: groupId, or a column that becomes the identifier “account”."),
    )  # fmt: skip
    parent = forms.TypedChoiceField(label=_("Part of"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, workspace: Workspace, known: Account | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        others = sorted(
            ((id, name) for id, name in names(workspace.pk).items() if known is None or id != known.pk),
            key=lambda one: one[1],
        )
        self.fields["parent"].choices = [("", _("nothing: it stands at the top")), *others]  # type: ignore[attr-defined]
        if known is not None:
            del self.fields["key"]


class MemberForm(forms.Form):
    who = forms.CharField(
        label=_("Who"), max_length=300, help_text=_("An e-mail address, phone number or id of theirs.")
    )
    role = forms.CharField(
        label=_("Role"), max_length=80, required=False, help_text=_("Such as buyer, user or head of household.")
    )
