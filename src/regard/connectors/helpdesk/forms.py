from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from regard.care.queues.models import Queue
from regard.connectors.helpdesk.models import Desk
from regard.outreach.sealed import Unreadable
from regard.warehouse.scope import Scope
from regard.workspace.units.field import UnitField

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class DeskForm(forms.ModelForm):  # type: ignore[type-arg]
    email = forms.EmailField(label=_("E-mail address of the agent"), help_text=_("What is put there is said to be by this agent."))
    token = forms.CharField(
        label=_("API token"), max_length=400, required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Admin Centre → Apps and integrations → Zendesk API: allow token access, add a token."),
    )  # fmt: skip
    field_order = ("subdomain", "email", "token", "queue", "unit", "puts")

    class Meta:
        model = Desk
        fields = ["subdomain", "queue", "puts"]
        widgets = {"subdomain": forms.TextInput(attrs={"autocapitalize": "none", "placeholder": "acme"})}

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        try:
            self.known = dict(self.instance.settings)
        except Unreadable:
            self.known = {}
        self.initial["email"] = self.known.get("email", "")
        self.fields["token"].required = not self.known.get("token")
        if self.known.get("token"):
            self.fields["token"].help_text = _("Kept as it is while this stays empty and the subdomain and the address stay the same.")
        self.fields["unit"] = UnitField(scope)
        self.initial["unit"] = self.instance.unit_id
        queue = self.fields["queue"]
        assert isinstance(queue, forms.ModelChoiceField)
        queue.queryset = Queue.objects.filter(workspace=scope.workspace, retired=None)
        queue.empty_label = str(_("the first one"))
        self.was = self.instance.subdomain
        self.order_fields(self.field_order)

    def clean_subdomain(self) -> str:
        """Also of a whole address that was pasted."""
        given = str(self.cleaned_data["subdomain"]).strip().casefold()
        given = given.removeprefix("https://").partition("/")[0].removesuffix(".zendesk.com")
        if not _SUBDOMAIN.fullmatch(given):
            raise ValidationError(_("This is no subdomain: of acme.zendesk.com it is acme."))
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not self.chosen["token"]:
            self.add_error("token", _("Enter the token."))
        return given

    @property
    def chosen(self) -> dict[str, Any]:
        """What is sealed; a token that nobody types again is not handed to another address."""
        given = self.cleaned_data
        same = (self.was, self.known.get("email")) == (given.get("subdomain"), given.get("email"))
        return {"email": given.get("email", ""), "token": given.get("token", "").strip() or (self.known.get("token", "") if same else "")}
