from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.accounts.models import Account
from regard.customers.accounts.queries import called
from regard.warehouse.scope import Scope


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Account.Kind)
    key = forms.CharField(
        label=_("Key"), max_length=200, required=False,
        help_text=_("What events and files call it: groupId, or a column that becomes the identifier “account”."),
    )  # fmt: skip
    parent = forms.CharField(
        label=_("Part of"), max_length=200, required=False, help_text=_("The name or the key of another account; empty for one at the top.")
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, known: Account | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._scope, self._known = scope, known
        if known is not None:
            del self.fields["key"]

    def clean_parent(self) -> Account | None:
        text = str(self.cleaned_data["parent"]).replace("\0", "").strip()
        found = called(self._scope, text) if text else []
        if text and not found:
            raise forms.ValidationError(_("No account is called so."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several accounts are called so: give the key."))
        return found[0] if found else None


class MemberForm(forms.Form):
    who = forms.CharField(
        label=_("Who"), max_length=300, help_text=_("An e-mail address, phone number or id of theirs.")
    )
    role = forms.CharField(
        label=_("Role"), max_length=80, required=False, help_text=_("Such as buyer, user or head of household.")
    )
