from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.customers.identity.names import PHONE, normalised
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import PROVIDERS
from regard.outreach.sealed import Unreadable

_KEPT = _("Kept as it is while this stays empty.")
_HELP = {
    "template": _("WhatsApp lets a company begin only with words it approved: {{1}} becomes the text, {{2}} the link."),
    "server": _("Empty: the provider’s own. Another service that speaks the same way can stand here."),
}  # fmt: skip


class PhoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """From which number, through whom. A secret that is left empty stays as it was."""

    class Meta:
        model = PhoneAccount
        fields = ["sender", "per_second"]

    def __init__(self, *args: Any, way: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.service = PROVIDERS[way]
        self.known = self._known()
        for name, label in self.service.fields.items():
            if name == "template" and self.instance.channel != Channel.WHATSAPP:
                continue
            plain, known = name in self.service.plain, self.known.get(name, "")
            widget = forms.TextInput if plain else forms.PasswordInput
            self.fields[name] = forms.CharField(
                label=label, max_length=400, required=name not in self.service.optional and (plain or not known),
                help_text=_HELP.get(name, "") if plain else _KEPT if known else "", initial=known if plain else "",
                widget=widget(attrs={"autocomplete": "off" if plain else "new-password"}),
            )  # fmt: skip
        self.order_fields([*self.service.fields, "sender", "per_second"])

    def _known(self) -> dict[str, Any]:
        if self.instance.pk is None or self.instance.provider != self.service.name:
            return {}
        try:
            return dict(self.instance.settings)
        except Unreadable:
            return {}

    def clean_sender(self) -> str:
        """A number as it is written in E.164; a name or a service as it is."""
        given = str(self.cleaned_data["sender"]).strip()
        return normalised(PHONE, given) or given

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings, with the secrets that were left as they are: not for another server or account."""
        given = {name: self.cleaned_data.get(name, "") for name in self.service.fields}
        same = all(self.known.get(name, "") == given[name] for name in ("account", "server") if name in given)
        return {name: value or (self.known.get(name, "") if name not in self.service.plain and same else "") for name, value in given.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for name in self.service.fields:
                if name not in self.service.optional and not self.chosen.get(name):
                    self.add_error(name, _("Type it again: the account or the address has changed."))
        return cleaned


class TrialForm(forms.Form):
    to = forms.CharField(label=_("Send a test to"), max_length=40, help_text=_("A mobile number with its country, such as +33 6 12 34 56 78."))

    def clean_to(self) -> str:
        number = normalised(PHONE, str(self.cleaned_data["to"]))
        if not number.startswith("+"):
            raise forms.ValidationError(_("Write the number with its country, such as +33 6 12 34 56 78."))
        return number
