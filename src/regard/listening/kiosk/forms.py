from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel
from regard.listening.links.forms import PlacedForm
from regard.listening.links.models import Link
from regard.workspace.workspaces.models import Workspace

_CHANNELS = [
    (Channel.STORE, _("store: people stand at it there")),
    (Channel.DEVICE, _("device: a machine of ours that asks")),
]


class KioskForm(PlacedForm):
    channel = forms.ChoiceField(label=_("Channel"), choices=_CHANNELS)

    class Meta:
        model = Link
        fields = ["name", "unit", "touchpoint", "channel"]
        help_texts = {"name": _("Such as: tablet at the exit.")}

    def __init__(self, *args: Any, workspace: Workspace, **more: Any) -> None:
        super().__init__(*args, **more)
        self.stand_in(workspace)
        unit = self.fields["unit"]
        unit.required, unit.help_text = True, _("Where it stands: its answers belong there.")
