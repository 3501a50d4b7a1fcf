from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.contact.channels import Channel
from regard.customers.contact.purposes.models import Purpose
from regard.outreach.templates.models import BY


class DirectForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Sent by"), choices=BY)
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=gettext_lazy("For"), empty_label=None, help_text=gettext_lazy("Whether they may be written to depends on it.")
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=200)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, *args: Any, workspace: int, **more: Any) -> None:
        super().__init__(*args, **more)
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ModelChoiceField)
        purpose.queryset = Purpose.objects.filter(workspace=workspace, retired=None)
        self.initial.setdefault("purpose", purpose.queryset.filter(key="service").first())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("channel") == Channel.EMAIL and not given.get("subject"):
            self.add_error("subject", ValidationError(_("An e-mail needs a subject.")))
        return given
