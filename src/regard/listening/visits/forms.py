from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.field import UnitsField


class VisitForm(forms.Form):
    """One visit to each of the units."""

    shopper = forms.EmailField(label=_("Shopper"), help_text=_("Their e-mail address. They need no account."))
    touchpoint = forms.ModelChoiceField(queryset=Touchpoint.objects.none(), label=_("Touchpoint"), required=False)
    due = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    task = forms.CharField(
        label=_("What to do there"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: ask for a new contract, and pay attention to how long you wait."),
    )  # fmt: skip

    def __init__(self, *args: Any, request: RegardRequest, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["units"] = UnitsField(request.scope)
        self.fields["units"].help_text = _("One visit to each.")
        chosen = self.fields["touchpoint"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = Touchpoint.objects.filter(workspace=request.workspace, retired=None)
        self.order_fields(["shopper", "units", "touchpoint", "due", "task"])
