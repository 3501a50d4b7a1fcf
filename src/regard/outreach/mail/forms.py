from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.providers import INSTANCE, PROVIDERS, SMTP
from regard.outreach.sealed import Unreadable

WAYS: dict[str, Any] = {
    INSTANCE: _("This server’s settings"), SMTP: _("Mail server (SMTP)"), **{one.name: one.title for one in PROVIDERS.values()}
}  # fmt: skip
_COMMON = ("sender_name", "sender_address", "reply_to", "return_path", "per_second")
_KEPT = _("Kept as it is while this stays empty.")
_KEPT_HERE = _("Kept as it is while this stays empty and the server and the user stay the same.")


class MailForm(forms.ModelForm):  # type: ignore[type-arg]
    """From whom, and by which way, with what that way needs. A secret that is left empty stays as it was."""

    host = forms.CharField(label=_("Server"), max_length=253, help_text=_("Such as smtp.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(
        label=_("Encryption"), initial="starttls",
        choices=[
            ("starttls", _("STARTTLS (usually port 587)")), ("tls", _("TLS (usually port 465)")), ("none", _("none (only on your own network)")),
        ],
    )  # fmt: skip
    user = forms.CharField(
        label=_("User"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("Password"), max_length=400, required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )  # fmt: skip
    field_order = ("host", "port", "security", "user", "password")

    class Meta:
        model = MailAccount
        fields = list(_COMMON)

    def __init__(self, *args: Any, way: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.way = way
        self.known = self._known()
        if way != SMTP:
            for name in ("host", "port", "security", "user", "password"):
                del self.fields[name]
        else:
            self.initial = {
                **self.initial,
                **{name: self.known[name] for name in ("host", "port", "security", "user") if name in self.known},
            }
            self.fields["password"].help_text = _KEPT_HERE if self.known.get("password") else ""
        if way in PROVIDERS:
            self._add_keys()
            del self.fields["return_path"]  # the provider says what came back
        self.order_fields([*(name for name in self.fields if name not in _COMMON), *_COMMON])

    def _known(self) -> dict[str, Any]:
        """What is set already for this way."""
        if self.instance.pk is None or self.instance.kind != self.way:
            return {}
        try:
            return dict(self.instance.settings)
        except Unreadable:
            return {}

    def _add_keys(self) -> None:
        provider = PROVIDERS[self.way]
        for name, label in {**provider.fields, **provider.hook}.items():
            plain, known = name in provider.optional, self.known.get(name, "")
            self.fields[name] = forms.CharField(
                label=label, max_length=400, required=name in provider.fields and not plain and not known,
                help_text=_KEPT if known and not plain else "", initial=known if plain else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}) if plain else forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            )  # fmt: skip

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings of this way, with the secrets that were left as they are."""
        given = self.cleaned_data
        if self.way == SMTP:
            chosen = {name: given[name] for name in ("host", "port", "security", "user")}
            # a password that nobody types again is not handed to another server
            same = all(self.known.get(name) == chosen[name] for name in ("host", "user"))
            return chosen | {"password": given["password"] or (self.known.get("password", "") if same else "")}
        if self.way == INSTANCE:
            return {}
        provider = PROVIDERS[self.way]
        secret = [name for name in (*provider.fields, *provider.hook) if name not in provider.optional]
        return {name: given[name] for name in provider.optional} | {
            name: given[name] or self.known.get(name, "") for name in secret
        }


class TrialForm(forms.Form):
    to = forms.EmailField(label=_("Send a test to"))
