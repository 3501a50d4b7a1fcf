from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from regard.workspace.members.models import User
from regard.workspace.workspaces.models import Industry
from regard.workspace.workspaces.zones import zone_choices


class NameAndPassword(forms.Form):
    """Who someone is and the password they will sign in with."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Ten characters or more. A few words you remember are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    email_known = ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if password := given.get("password"):
            person = User(email=given.get("email") or self.email_known, name=given.get("name", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as wrong:
                self.add_error("password", wrong)
        return given


class WelcomeForm(NameAndPassword):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    industry = forms.ChoiceField(
        label=_("Your industry"),
        required=False,
        choices=[("", _("Another one: I start from an empty catalogue")), *Industry.choices],
        help_text=_("Fills the catalogue of touchpoints to begin with. You can change every one of them."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        initial="UTC",
        widget=forms.Select(attrs={"data-guess-zone": ""}),
        help_text=_("Days, weeks and months of every chart follow it."),
    )

    field_order = ["name", "email", "password", "industry", "time_zone"]
