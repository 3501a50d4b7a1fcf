from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.listening.links.models import Link
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace


class PlacedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of a way to a survey that is about a touchpoint and a unit of the workspace."""

    def stand_in(self, workspace: Workspace) -> None:
        """Only its own can be chosen."""
        for name, among in (
            ("touchpoint", Touchpoint.objects.filter(workspace=workspace, retired=None)),
            ("unit", Unit.objects.filter(workspace=workspace)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = among


class LinkForm(PlacedForm):
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", "–"), *Channel.choices])

    class Meta:
        model = Link
        fields = ["name", "touchpoint", "unit", "channel"]

    def __init__(self, *args: Any, workspace: Workspace, **more: Any) -> None:
        super().__init__(*args, **more)
        self.stand_in(workspace)
