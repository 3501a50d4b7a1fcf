from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.connectors.taps.sealed import Unreadable
from regard.connectors.writeback.account import PORT, Account
from regard.connectors.writeback.models import Destination
from regard.connectors.writeback.queries import METRICS
from regard.connectors.writeback.sftp import PORTS, installed, is_private_key, not_installed
from regard.customers.identity.names import EMAIL, PHONE, USER, titled
from regard.ledger.timeline.told import METRICS as TITLES
from regard.outbound import Refused, named
from regard.outreach.webhooks.deliver import refuse_unfit
from regard.segments.models import Segment
from regard.segments.queries import trait_names
from regard.warehouse.scope import Scope

_SFTP = ("server", "port", "user", "password", "private_key", "folder")


class DestinationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where it goes, whom it is about, what of them is sent, and when."""

    url = forms.CharField(
        label=_("Address of the webhook"), max_length=2000, required=False, widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with https://. Regard posts JSON there, signed with a secret that you are shown once."),
    )  # fmt: skip
    server = forms.CharField(label=_("Server"), max_length=253, help_text=_("Such as sftp.example.com."))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=PORT)
    user = forms.CharField(label=_("User"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    password = forms.CharField(
        label=_("Password"), max_length=400, required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    private_key = forms.CharField(
        label=_("Or a private key"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("As OpenSSH writes it, without a passphrase. Where there is one, the password is not used."),
    )  # fmt: skip
    folder = forms.CharField(
        label=_("Folder"),
        max_length=400,
        required=False,
        help_text=_("It must be there. Empty: where the server puts us."),
    )
    segment = forms.ModelChoiceField(
        label=_("Customers"), queryset=Segment.objects.none(), required=False, empty_label=_("All customers")
    )
    identifiers = forms.MultipleChoiceField(label=_("Known as"), required=False)
    more_identifiers = forms.CharField(
        label=_("Other kinds of identifiers"), required=False, max_length=400,
        help_text=_("Such as hubspot_id, with commas between them: the key by which the other system knows them."),
    )  # fmt: skip
    scores = forms.MultipleChoiceField(label=_("Last score"), required=False, choices=[(one, TITLES[one]) for one in METRICS])  # fmt: skip
    memberships = forms.BooleanField(label=_("The segments that they are in"), required=False)
    traits = forms.MultipleChoiceField(label=_("Traits"), required=False)
    field_order = ("name", "kind", "url", *_SFTP, "segment", "identifiers", "more_identifiers", "scores", "memberships",
                   "traits", "every")  # fmt: skip

    class Meta:
        model = Destination
        fields = ["name", "kind", "segment", "identifiers", "scores", "memberships", "traits", "every", "keep_days"]
        help_texts = {"keep_days": _("Then Regard deletes them, whether somebody fetched them or not.")}

    def __init__(self, data: Any = None, *, instance: Destination, kind: str = Destination.Kind.WEBHOOK) -> None:
        known = (EMAIL, PHONE, USER)
        start: dict[str, Any] = {
            "more_identifiers": ", ".join(kind for kind in instance.identifiers if kind not in known)
        }
        if not instance.pk:
            start |= {"identifiers": [EMAIL], "scores": ["nps"], "kind": kind}
        elif instance.kind == Destination.Kind.SFTP:
            start |= _as_typed(instance)
        super().__init__(data, instance=instance, initial=start)
        offered = list(dict.fromkeys([*trait_names(Scope(instance.workspace_id)), *instance.traits]))
        self._offer("identifiers", [(kind, titled(kind)) for kind in known])
        self._offer("traits", [(name, name) for name in offered])
        self._offer("scores", [(one, TITLES[one]) for one in METRICS])
        segment = self.fields["segment"]
        assert isinstance(segment, forms.ModelChoiceField)
        segment.queryset = Segment.objects.filter(workspace=instance.workspace, retired=None)
        # Files have no address: the browser must not insist on one.
        self.use_required_attribute = False
        self.way = instance.kind if instance.pk else str(self["kind"].value())
        self.fields["url"].required = not instance.pk
        self.fields["kind"].widget = forms.HiddenInput()
        if not offered:
            del self.fields["traits"]
        if instance.pk:
            del self.fields["kind"]
            self.fields["url"].help_text = _("Leave it empty to keep the address as it is.")
            self.fields["password"].help_text = _("Leave both empty to keep what is there.")
        for name in ("url",) if self.way != Destination.Kind.WEBHOOK else ():
            del self.fields[name]
        for name in ("keep_days",) if self.way != Destination.Kind.CSV else ():
            del self.fields[name]
        for name in _SFTP if self.way != Destination.Kind.SFTP else ():
            del self.fields[name]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Destination.objects.filter(workspace=self.instance.workspace, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Another destination has this name."))
        return name

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            if url:
                refuse_unfit(url)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return url

    def clean_server(self) -> str:
        return str(self.cleaned_data["server"]).strip()

    def clean_private_key(self) -> str:
        key: str = self.cleaned_data["private_key"].replace("\r\n", "\n").strip()
        if key and installed() and not is_private_key(key + "\n"):
            raise forms.ValidationError(_("This is no private key that can be used without a passphrase."))
        return key + "\n" if key else ""

    def clean_folder(self) -> str:
        folder: str = self.cleaned_data["folder"].strip()
        if any(ord(letter) < 32 for letter in folder):
            raise forms.ValidationError(_("This is not the name of a folder."))
        return folder

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        more = [kind.strip() for kind in cleaned.get("more_identifiers", "").split(",") if kind.strip()]
        cleaned["identifiers"] = list(dict.fromkeys([*cleaned.get("identifiers", []), *more]))
        if any(len(kind) > 64 for kind in more):
            self.add_error("more_identifiers", _("A kind has at most 64 letters."))
        if self.way == Destination.Kind.SFTP:
            self._check_account(cleaned)
        return cleaned

    def _check_account(self, cleaned: dict[str, Any]) -> None:
        if not installed():
            self.add_error(None, not_installed())
        if cleaned.get("server") and cleaned.get("port"):
            try:
                named(cleaned["server"], cleaned["port"], ports=PORTS)
            except Refused as refusal:
                self.add_error("server", str(refusal))
        if not self.instance.pk and not cleaned.get("password") and not cleaned.get("private_key") and not self.errors:
            self.add_error("password", _("Give a password or a private key."))

    @property
    def account(self) -> Account:
        """As it was filled in; a password and key that were left empty stay as they were. Raises Unreadable."""
        given = {name: self.cleaned_data[name] for name in ("port", "user", "password", "private_key", "folder")}
        if self.instance.pk and not given["password"] and not given["private_key"]:
            was = self.instance.account
            given |= {"password": was.password, "private_key": was.private_key}
        return Account(host=self.cleaned_data["server"], **given)

    def made(self) -> Destination:
        """As it was filled in; not kept yet."""
        found: Destination = self.save(commit=False)
        found.identifiers = self.cleaned_data["identifiers"]
        return found

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.widget = forms.CheckboxSelectMultiple(attrs={"class": "across"})
        field.choices = choices


def _as_typed(instance: Destination) -> dict[str, Any]:
    """The account of a destination without its secrets; nothing where it can no longer be read."""
    try:
        account = instance.account
    except Unreadable:
        return {}
    return {"server": account.host, "port": account.port, "user": account.user, "folder": account.folder}
