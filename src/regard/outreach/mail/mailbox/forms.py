from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.sealed import Unreadable

_KEPT = _("Kept as it is while this stays empty and the server and the user stay the same.")
_SEALED = ("host", "port", "security", "user", "folder")


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    host = forms.CharField(label=_("Server"), max_length=253, help_text=_("Such as imap.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(
        label=_("Encryption"), initial="tls",
        choices=[
            ("tls", _("TLS (usually port 993)")), ("starttls", _("STARTTLS (usually port 143)")), ("none", _("none (only on your own network)")),
        ],
    )  # fmt: skip
    user = forms.CharField(label=_("User"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"), max_length=400, required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )  # fmt: skip
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    field_order = ("address", "host", "port", "security", "user", "password", "folder", "takes_new")

    class Meta:
        model = Mailbox
        fields = ["address", "takes_new"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.known = self._known()
        self.initial = {**self.initial, **{name: self.known[name] for name in _SEALED if name in self.known}}
        if self.known.get("password"):
            self.fields["password"].help_text = _KEPT

    def _known(self) -> dict[str, Any]:
        try:
            return dict(self.instance.settings)
        except Unreadable:
            return {}

    @property
    def chosen(self) -> dict[str, Any]:
        """What is sealed; a password that nobody types again is not handed to another server."""
        chosen = {name: self.cleaned_data[name] for name in _SEALED}
        same = all(self.known.get(name) == chosen[name] for name in ("host", "user"))
        return chosen | {"password": self.cleaned_data["password"] or (self.known.get("password", "") if same else "")}
