from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.warehouse.scope import Scope
from regard.workspace.units.field import unit_choices, within
from regard.workspace.workspaces.models import Industry


class TouchpointForm(forms.ModelForm):  # type: ignore[type-arg]
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Channel,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
    )

    class Meta:
        model = Touchpoint
        fields = ["name", "stage", "function", "channels", "description"]

    def __init__(self, *args: Any, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace_id = scope.workspace
        self.fields["owner"] = forms.TypedChoiceField(
            label=_("Owner unit"),
            required=False,
            coerce=int,
            empty_value=None,
            initial=self.instance.owner_id,
            choices=[("", _("The whole workspace")), *unit_choices(within(scope))],
            help_text=_("What happens here belongs to this unit when an event names none."),
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.instance.owner_id = given.get("owner")
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]


class IndustryForm(forms.Form):
    industry = forms.ChoiceField(label=_("Industry"), choices=Industry)
