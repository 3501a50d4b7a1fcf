from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.connectors.writeback.models import Destination
from regard.connectors.writeback.queries import METRICS
from regard.connectors.writeback.webhook import refuse_unfit
from regard.customers.identity.names import EMAIL, PHONE, USER, titled
from regard.ledger.timeline.told import METRICS as TITLES
from regard.outbound import Refused
from regard.segments.models import Segment
from regard.segments.queries import trait_names
from regard.warehouse.scope import Scope


class DestinationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where it goes, whom it is about, what of them is sent, and when."""

    url = forms.CharField(
        label=_("Address of the webhook"), max_length=2000, required=False, widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with https://. Regard posts JSON there, signed with a secret that you are shown once."),
    )  # fmt: skip
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
    field_order = ("name", "kind", "url", "segment", "identifiers", "more_identifiers", "scores", "memberships", "traits", "every")  # fmt: skip

    class Meta:
        model = Destination
        fields = ["name", "kind", "segment", "identifiers", "scores", "memberships", "traits", "every"]

    def __init__(self, data: Any = None, *, instance: Destination) -> None:
        known = (EMAIL, PHONE, USER)
        start: dict[str, Any] = {
            "more_identifiers": ", ".join(kind for kind in instance.identifiers if kind not in known)
        }
        if not instance.pk:
            start |= {"identifiers": [EMAIL], "scores": ["nps"]}
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
        self.fields["url"].required = not instance.pk and self["kind"].value() == Destination.Kind.WEBHOOK
        if not offered:
            del self.fields["traits"]
        if instance.pk:
            del self.fields["kind"]
            self.fields["url"].help_text = _("Leave it empty to keep the address as it is.")
            if instance.kind == Destination.Kind.CSV:
                del self.fields["url"]

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

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        more = [kind.strip() for kind in cleaned.get("more_identifiers", "").split(",") if kind.strip()]
        cleaned["identifiers"] = list(dict.fromkeys([*cleaned.get("identifiers", []), *more]))
        if any(len(kind) > 64 for kind in more):
            self.add_error("more_identifiers", _("A kind has at most 64 letters."))
        return cleaned

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
