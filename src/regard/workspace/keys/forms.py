from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope
from regard.workspace.keys.models import KeyScope
from regard.workspace.units.field import UnitField


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Where it will be used, such as “web shop”."))
    scope = forms.ChoiceField(label=_("May"), choices=KeyScope, initial=KeyScope.COLLECT, widget=forms.RadioSelect)
    expires = forms.DateField(
        label=_("Works until"),
        required=False,
        help_text=_("Empty: until you revoke it."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, rows: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = UnitField(rows, help_text=str(_("It reaches this unit and what is below.")))
        self.order_fields(["name", "scope", "unit", "expires"])

    def clean_expires(self) -> datetime | None:
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Give a later one, or none."))
        return timezone.make_aware(datetime.combine(day, time.max))
