from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.suppression.models import Why
from regard.customers.contact.suppression.suppress import BIGGEST


class SuppressForm(forms.Form):
    addresses = forms.CharField(
        label=_("E-mail addresses or phone numbers"),
        widget=forms.Textarea(attrs={"rows": 5, "placeholder": "ines@example.org\n+33 6 12 34 56 78"}),
        max_length=500_000,
        required=False,
        help_text=_("One on each line, or parted by commas. Give phone numbers with their country: +33 …"),
    )
    file = forms.FileField(
        label=_("Or a CSV file"),
        required=False,
        help_text=_("A column “address” (or “email”, “phone”), and if you like “reason” and “note”."),
    )
    why = forms.ChoiceField(label=_("Reason"), choices=Why)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > BIGGEST:
            raise forms.ValidationError(_("This file is larger than 10 MB. Split it and upload the parts."))
        return file

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if not self.errors and not (given.get("addresses") or "").strip() and not given.get("file"):
            raise forms.ValidationError(_("Give at least one address, or a file."))
        return given
