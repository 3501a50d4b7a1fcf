from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from regard.care.queues.causes import tree
from regard.care.queues.models import Cause
from regard.governance.initiatives.hold_outs import HOLD_OUTS
from regard.governance.initiatives.models import Initiative, InitiativeTask
from regard.ledger.touchpoints.models import Touchpoint
from regard.outreach.campaigns.models import Campaign
from regard.workspace.members.field import offer_colleagues
from regard.workspace.units.models import branches

_WHYS = 5
#: The newest.
_MOST_CAMPAIGNS = 200


class InitiativeForm(forms.ModelForm):  # type: ignore[type-arg]
    touchpoints = forms.TypedMultipleChoiceField(
        label=_("At these touchpoints"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("What it changes, and where it is measured. None ticked: all answers."),
    )  # fmt: skip

    by = forms.ChoiceField(
        label=_("Done by this playbook or campaign"), required=False,
        help_text=_("One that leaves some customers alone by chance: they are what it is compared with, in what they answer at these touchpoints."),
    )  # fmt: skip

    class Meta:
        model = Initiative
        fields = ["title", "owner", "stage", "cause", "metric", "expected", "worth", "cost"]
        widgets = {name: forms.NumberInput(attrs={"min": "0", "step": "0.01"}) for name in ("worth", "cost")}

    def __init__(self, *args: Any, begun: Mapping[str, str], **more: Any) -> None:
        """`begun`: what a new one begins with, where it was begun from something that keeps recurring."""
        super().__init__(*args, **more)
        made: Initiative = self.instance
        offer_colleagues(self.fields["owner"], made.workspace_id, nobody=str(_("nobody yet")))
        cause = self.fields["cause"]
        assert isinstance(cause, forms.ModelChoiceField)
        cause.queryset = Cause.objects.filter(workspace=made.workspace, retired=None)
        cause.choices = [("", str(_("none in particular"))), *((one.cause.pk, one.path) for one in tree(made.workspace_id))]
        known = Touchpoint.objects.filter(workspace=made.workspace, retired=None).order_by("name")
        self.fields["touchpoints"].choices = list(known.values_list("pk", "name"))  # type: ignore[attr-defined]
        self.initial["touchpoints"] = made.touchpoints
        self.initial.update({name: begun[name] for name in ("title", "cause", "metric") if begun.get(name)})
        if begun.get("touchpoint"):
            self.initial["touchpoints"] = [begun["touchpoint"]]
        self.fields["by"].choices = _leaving_some_alone(made)  # type: ignore[attr-defined]
        self.initial["by"] = f"campaign {made.campaign_id}" if made.campaign_id else f"playbook {made.playbook}" if made.playbook else ""
        for number in range(_WHYS):
            self.fields[f"why-{number}"] = forms.CharField(
                label=_("Why?"), required=False, max_length=300, initial=made.whys[number] if number < len(made.whys) else ""
            )
        since = dict(made.units.values_list("unit", "since")) if made.pk else {}
        self.branches = branches(made.workspace_id)
        for branch in self.branches:
            self.fields[f"unit-{branch.id}"] = forms.DateField(
                label=branch.name, required=False, initial=since.get(branch.id), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )

    def clean_worth(self) -> Decimal | None:
        return _no_less_than_nothing(self.cleaned_data["worth"])

    def clean_cost(self) -> Decimal | None:
        return _no_less_than_nothing(self.cleaned_data["cost"])

    @property
    def whys(self) -> list[forms.BoundField]:
        return [self[f"why-{number}"] for number in range(_WHYS)]

    @property
    def places(self) -> list[tuple[Any, forms.BoundField]]:
        return [(branch, self[f"unit-{branch.id}"]) for branch in self.branches]

    def kept(self) -> tuple[Initiative, dict[int, date]]:
        made: Initiative = self.instance
        kind, _space, number = self.cleaned_data["by"].partition(" ")
        made.playbook = int(number) if kind == "playbook" else None
        made.campaign_id = int(number) if kind == "campaign" else None
        made.touchpoints = self.cleaned_data["touchpoints"]
        made.whys = [text for number in range(_WHYS) if (text := self.cleaned_data[f"why-{number}"].strip())]
        given = {branch.id: self.cleaned_data[f"unit-{branch.id}"] for branch in self.branches}
        return made, {unit: since for unit, since in given.items() if since}


def _no_less_than_nothing(money: Decimal | None) -> Decimal | None:
    if money is not None and money < 0:
        raise ValidationError(_("Money is given as it is, without a minus."))
    return money


def _leaving_some_alone(initiative: Initiative) -> list[Any]:
    """What an initiative can be carried out by, to choose from: those that leave some customers alone, and the one it has."""
    playbooks = dict(HOLD_OUTS.offered(initiative.workspace_id))
    if initiative.playbook is not None:
        playbooks.setdefault(initiative.playbook, str(_("one that is retired")))
    campaigns = Campaign.objects.filter(workspace=initiative.workspace_id, control_percent__gt=0)[:_MOST_CAMPAIGNS]
    offered = {
        _("Playbooks"): [(f"playbook {pk}", name) for pk, name in playbooks.items()],
        _("Campaigns"): [(f"campaign {one.pk}", one.name) for one in campaigns],
    }
    return [("", _("none")), *((name, choices) for name, choices in offered.items() if choices)]


class TaskForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = InitiativeTask
        fields = ["text", "owner", "due"]
        widgets = {"due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, workspace: int, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_colleagues(self.fields["owner"], workspace)
