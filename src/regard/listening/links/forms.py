from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.listening.links.models import Link
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace


class LinkForm(forms.ModelForm):  # type: ignore[type-arg]
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", "–"), *Channel.choices])

    class Meta:
        model = Link
        fields = ["name", "touchpoint", "unit", "channel"]

    def __init__(self, *args: Any, workspace: Workspace, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["touchpoint"].queryset = Touchpoint.objects.filter(workspace=workspace, retired=None)  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(workspace=workspace)  # type: ignore[attr-defined]
