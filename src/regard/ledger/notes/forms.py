from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.ledger.notes.write import Contact
from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.workspace.workspaces.models import Workspace

LONGEST = 4_000


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Write a note"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("What should the next colleague know? @ names one of them.")}),
        error_messages={"required": _("Write something first.")},
    )  # fmt: skip


class ContactForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel, initial=Channel.PHONE)
    touchpoint = forms.ChoiceField(label=_("What it was about"), required=False)
    at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )  # fmt: skip
    minutes = forms.FloatField(label=_("Minutes it took"), required=False, min_value=0, max_value=1_440)
    outcome = forms.CharField(
        label=_("Outcome"), required=False, max_length=60, help_text=_("Such as solved, or call back.")
    )
    text = forms.CharField(
        label=_("What was said"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        names = (
            Touchpoint.objects.filter(workspace=workspace, retired=None).order_by("name").values_list("name", flat=True)
        )
        self.fields["touchpoint"].choices = [("", _("not said")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self.initial.setdefault("at", timezone.localtime().replace(second=0, microsecond=0))

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > timezone.now() + timedelta(minutes=5):
            raise forms.ValidationError(_("That moment has not come yet."))
        return at

    def contact(self) -> Contact:
        given = self.cleaned_data
        return Contact(
            given["at"], given["channel"], given["touchpoint"], given["outcome"], given["minutes"], given["text"]
        )
