from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.log.models import FrequencyRule, What
from regard.customers.contact.purposes.models import Basis, Purpose
from regard.customers.contact.quiet.models import QuietHours, Weekday
from regard.customers.contact.restraints.models import Reason
from regard.warehouse.scope import Scope
from regard.workspace.units.field import unit_choices, within
from regard.workspace.workspaces.models import Workspace


class PurposeForm(forms.ModelForm):  # type: ignore[type-arg]
    basis = forms.ChoiceField(label=_("Who may be contacted"), choices=Basis, widget=forms.RadioSelect)

    class Meta:
        model = Purpose
        fields = ["name", "key", "description", "basis", "double_opt_in"]

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace = workspace
        if self.instance.pk:
            del self.fields["key"]
        else:
            self.initial.setdefault("basis", Basis.CONSENT)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("double_opt_in") and given.get("basis") not in (None, Basis.CONSENT):
            self.add_error("double_opt_in", _("Only a purpose that needs consent can have it confirmed."))
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]


class TextForm(forms.Form):
    language = forms.RegexField(
        label=_("Language"),
        regex=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$",
        max_length=16,
        help_text=_("Its code: en, fr, pt-BR."),
        error_messages={"invalid": _("Give a language code such as en, fr or pt-BR.")},
    )
    text = forms.CharField(
        label=_("Wording"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Word for word what people agree to. A change becomes a new version; earlier ones stay as evidence."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].initial = settings.LANGUAGE_CODE


class QuietForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=Weekday,
        coerce=int,
        initial=[day.value for day in Weekday],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
    )

    class Meta:
        model = QuietHours
        fields = ["channel", "days", "start", "end"]
        widgets = {
            "start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace = workspace


class FrequencyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = FrequencyRule
        fields = ["most", "days", "channel", "purpose", "counts", "sender_kind", "sender_id", "trait", "value", "excess"]

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace = workspace
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ModelChoiceField)
        purpose.queryset = Purpose.objects.filter(workspace=workspace, retired=None)
        purpose.empty_label = str(_("every purpose"))
        self.fields["counts"].required = False

    def clean_counts(self) -> str:
        return self.cleaned_data["counts"] or What.CONTACT

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("trait")) != bool(given.get("value")):
            self.add_error("value" if given.get("trait") else "trait", _("Give both the trait and its value, or neither."))
        return given


class RestraintForm(forms.Form):
    """A restraint by hand; who it is for comes from where the form stands, or from `unit`."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Reason)
    purposes = forms.MultipleChoiceField(
        label=_("Only for"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("None ticked: for every purpose."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("Only by"), required=False, choices=Channel, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("None ticked: on every channel."),
    )  # fmt: skip
    until = forms.DateField(
        label=_("Until the end of"),
        required=False,
        help_text=_("Empty: until somebody lifts it."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, workspace: Workspace, scope: Scope | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        purposes = self.fields["purposes"]
        assert isinstance(purposes, forms.MultipleChoiceField)
        found = Purpose.objects.filter(workspace=workspace, retired=None)
        purposes.choices = [(purpose.key, purpose.name) for purpose in found]
        if scope is not None:
            self.fields["unit"] = forms.TypedChoiceField(
                label=_("For"), required=False, coerce=int, empty_value=None,
                choices=[("", _("everybody")), *unit_choices(within(scope))],
                help_text=_("Customers at home in that unit or below it."),
            )  # fmt: skip
            self.order_fields(["reason", "unit", "until"])

    def clean_until(self) -> datetime | None:
        """The day's end, in the workspace's zone."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Give a later one, or none."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
