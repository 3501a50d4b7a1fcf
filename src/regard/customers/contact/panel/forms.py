from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import CHANNELS_OR_ALL
from regard.customers.contact.consent.models import Decision
from regard.customers.contact.purposes.models import ConsentText, Purpose
from regard.workspace.workspaces.models import Workspace

_SAID = [
    ("", _("choose …")),  # a yes nobody gave must not be one careless click away
    (Decision.GIVEN.value, _("Yes, they agree")),
    (Decision.WITHDRAWN.value, _("They take it back")),
    (Decision.REFUSED.value, _("No, they do not want it")),
]


class ConsentForm(forms.Form):
    """What a customer told a colleague."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    channel = forms.ChoiceField(label=_("Channel"), choices=CHANNELS_OR_ALL)
    decision = forms.ChoiceField(label=_("What they said"), choices=_SAID)
    text = forms.ModelChoiceField(
        label=_("Wording read to them"), queryset=ConsentText.objects.none(), required=False, empty_label=_("none")
    )
    note = forms.CharField(
        label=_("How they said it"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("on the phone, on paper, in the shop")}),
    )

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        purposes = [one for one in Purpose.objects.filter(workspace=workspace, retired=None) if one.can_be_refused]
        purpose, text = self.fields["purpose"], self.fields["text"]
        assert isinstance(purpose, forms.ChoiceField) and isinstance(text, forms.ModelChoiceField)
        purpose.choices = [(one.key, one.name) for one in purposes]
        newest = ConsentText.objects.filter(purpose__in=purposes).order_by("purpose_id", "language", "-version")
        text.queryset = ConsentText.objects.filter(
            pk__in=newest.distinct("purpose_id", "language").values("pk")
        ).select_related("purpose")
        text.label_from_instance = _wording  # type: ignore[assignment,method-assign]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        text = given.get("text")
        if text and text.purpose.key != given.get("purpose"):
            self.add_error("text", _("That wording belongs to another purpose."))
        return given


def _wording(text: ConsentText) -> str:
    return f"{text.purpose.name} · {text.language} {text.version}"
