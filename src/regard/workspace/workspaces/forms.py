from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.workspace.workspaces.models import Workspace
from regard.workspace.workspaces.zones import zone_choices

CURRENCIES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "PLN",
    "SEK",
    "NOK",
    "DKK",
    "CZK",
    "CAD",
    "AUD",
    "INR",
    "BRL",
    "MXN",
    "ZAR",
]


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Days, weeks and months of every chart follow it."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])

    class Meta:
        model = Workspace
        fields = ["name", "industry", "time_zone", "currency", "threshold", "require_second_factor"]
        help_texts = {
            "require_second_factor": _("Members without one are led to set it up before they see anything else."),
        }
