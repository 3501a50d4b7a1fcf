from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.care.cases.forms import CaseForm
from regard.care.complaints.complain import not_received
from regard.care.complaints.models import Assessment, Remedy, Via
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.redress.models import Redress, RedressLimit, limits
from regard.care.complaints.rules.models import ComplaintRule
from regard.care.queues.models import Queue
from regard.workspace.members.rights import RIGHTS, Right, Role
from regard.workspace.units.field import unit_choices
from regard.workspace.units.models import branches

_WHEN = "%Y-%m-%dT%H:%M"


class FilingForm(forms.Form):
    """How a complaint came in: as an agent enters it. Without a rule the one of its unit holds."""

    received = forms.DateTimeField(
        label=_("Received"), input_formats=[_WHEN, "%Y-%m-%d %H:%M"], widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WHEN),
        help_text=_("When it reached the company: deadlines count from then."),
    )  # fmt: skip
    via = forms.ChoiceField(label=_("It came by"), choices=Via.choices, initial=Via.PHONE)
    remedy = forms.ChoiceField(label=_("What they ask for"), choices=Remedy.choices, required=False)
    wish = forms.CharField(label=_("In their words"), required=False, max_length=500)
    rule = forms.ModelChoiceField(ComplaintRule.objects.none(), label=_("Deadlines"), required=False, empty_label=_("as the unit has them"))
    told = forms.CharField(
        label=_("They know that it is here"), required=False, max_length=200,
        help_text=_("How they were told, such as on the phone. Empty: they get a letter at once."),
    )  # fmt: skip

    def __init__(self, *args: Any, workspace: int, now: datetime, begun: bool = False, nobody: bool = False, **more: Any) -> None:
        """`begun`: it is entered already. `nobody`: nobody knows whose it is."""
        super().__init__(*args, **more)
        if nobody:
            self.fields["told"].help_text = gettext("How they were told, such as on the phone. No letter of ours can tell them.")
        if begun:
            del self.fields["told"]
        rule = self.fields["rule"]
        assert isinstance(rule, forms.ModelChoiceField)
        rule.queryset = ComplaintRule.objects.filter(workspace=workspace, retired=None)
        self.now = now

    def clean_received(self) -> datetime:
        received: datetime = self.cleaned_data["received"]
        if wrong := not_received(received, self.now):
            raise ValidationError(wrong)
        return received


class NewForm(CaseForm):
    """A complaint of somebody who is at the counter, on the phone, or wrote a letter."""

    field_order = ("title", "words", "unit", "touchpoint", "priority", "queue", "mine")


class AssessmentForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Assessment
        fields = ["severity", "safety", "complex", "wide", "vulnerable", "urgent", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}


class RedressForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Redress
        fields = ["kind", "amount", "reason"]
        widgets = {"amount": forms.NumberInput(attrs={"step": "0.01", "min": "0.01"})}


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ComplaintRule
        fields = ["name", "everywhere", "unit", "acknowledge", "update", "answer", "extended", "authority", "website", "refer_months", "source"]

    website = forms.URLField(label=_("Their website"), required=False, max_length=200, assume_scheme="https")
    field_order = ("name", "everywhere", "unit", "acknowledge", "update", "answer", "extended", "authority", "website", "refer_months", "source")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = self.instance.workspace.units.all()
        unit.choices = [("", gettext("where it is chosen")), *unit_choices(branches(self.instance.workspace_id))]
        self.fields["acknowledge"].help_text = gettext("Such as 24 hours, 10 days, 20 working days or 8 weeks.")

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]


class LimitsForm(forms.Form):
    """How much each role may give to a customer without asking. Empty: any amount."""

    def __init__(self, *args: Any, workspace: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.workspace = workspace
        for role, amount in limits(workspace).items():
            if Right.RECORD in RIGHTS[role]:
                self.fields[role] = forms.DecimalField(
                    label=Role(role).label, required=False, min_value=Decimal(0), max_digits=12, decimal_places=2, initial=amount,
                    widget=forms.NumberInput(attrs={"placeholder": gettext("any amount"), "step": "any"}),
                )  # fmt: skip

    def keep(self) -> dict[str, str | None]:
        """Returns what is kept, for the log."""
        for role, amount in self.cleaned_data.items():
            RedressLimit.objects.update_or_create(workspace_id=self.workspace, role=role, defaults={"amount": amount})
        return {role: None if amount is None else str(amount) for role, amount in self.cleaned_data.items()}


class DoorForm(forms.ModelForm):  # type: ignore[type-arg]
    on = forms.BooleanField(label=_("The form is open"), required=False)

    class Meta:
        model = ComplaintDoor
        fields = ["queue", "words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}

    field_order = ("on", "queue", "words")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        queue = self.fields["queue"]
        assert isinstance(queue, forms.ModelChoiceField)
        queue.queryset = Queue.objects.filter(workspace=self.instance.workspace, retired=None)
        queue.empty_label = str(_("the first one"))
        self.initial["on"] = self.instance.opened is not None
