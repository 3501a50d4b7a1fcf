from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.care.hours.models import Calendar, read_spans
from regard.care.queues.causes import DEEPEST, tree
from regard.care.queues.models import Cause, Priority, Queue, ReplyTemplate
from regard.customers.contact.quiet.models import Weekday
from regard.outreach.messages.piped import holes
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right

_MOST_POINTS = 20


class QueueForm(forms.ModelForm):  # type: ignore[type-arg]
    points = forms.CharField(
        label=_("Checklist"), required=False, max_length=3_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is to be done in each case, one a line. Empty: nothing in particular."),
    )  # fmt: skip

    class Meta:
        model = Queue
        fields = ["name", "routing", "warn_percent", "escalate_hours", "asks_customer", "needs_cause", "value_trait", "value_from", "value_top",
                  "raises_lowest"]  # fmt: skip
        widgets = {"value_trait": forms.TextInput(attrs={"list": "traits", "placeholder": "lifetime_value", "autocapitalize": "none"})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        queue: Queue = self.instance
        for value, label in Priority.choices:
            first, close = queue.targets.get(str(value), [0, 0])
            for name, hours, title in ((f"first-{value}", first, _("First response")), (f"close-{value}", close, _("Closed"))):
                self.fields[name] = forms.FloatField(
                    label=f"{label}: {title}", min_value=0, max_value=5_000, initial=hours, widget=forms.NumberInput(attrs={"step": "any"})
                )
        self.initial["points"] = "\n".join(queue.checklist)
        known = {one.member_id: one for one in queue.takers.all()} if queue.pk else {}
        members = Member.objects.filter(workspace=queue.workspace, left=None).select_related("user").prefetch_related("units").order_by("user__name")
        self.takers = [
            (one, one.pk in known, ", ".join(known[one.pk].skills) if one.pk in known else "") for one in members[:200] if one.may(Right.RECORD)
        ]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        trait = given["value_trait"] = given.get("value_trait", "").strip()
        said = [given.get(name) for name in ("value_from", "value_top")]
        if trait and not self.errors and said.count(None) != 1:
            self.add_error("value_from", _("Say from which value on it is much, or which share is highest: one of the two."))
        return given

    def clean_points(self) -> list[str]:
        points = [" ".join(line.split())[:120] for line in self.cleaned_data["points"].splitlines()]
        found = list(dict.fromkeys(filter(None, points)))
        if len(found) > _MOST_POINTS:
            raise ValidationError(_("A checklist has at most %(most)s points."), params={"most": _MOST_POINTS})
        return found

    @property
    def targets(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """For each priority the field of its first response and of its closing."""
        return [(label, self[f"first-{value}"], self[f"close-{value}"]) for value, label in Priority.choices]

    def kept(self) -> tuple[Queue, dict[int, list[str]]]:
        """What is to be saved: the queue, and who takes its cases with which skills."""
        queue: Queue = self.instance
        queue.checklist = self.cleaned_data["points"]
        queue.targets = {str(value): [self.cleaned_data[f"first-{value}"], self.cleaned_data[f"close-{value}"]] for value in Priority.values}
        takers = {}
        for one, _known, _skills in self.takers:
            if f"taker-{one.pk}" in self.data:
                told = self.data.get(f"skills-{one.pk}", "").split(",")
                takers[one.pk] = [skill for skill in dict.fromkeys(" ".join(word.split())[:40] for word in told) if skill][:20]
        return queue, takers


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    closed = forms.CharField(
        label=_("Closed on"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3, "placeholder": "2026-12-25"}),
        help_text=_("Holidays and other days on which nobody works, one a line: 2026-12-25."),
    )  # fmt: skip

    class Meta:
        model = Calendar
        fields: list[str] = []

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for value, label in Weekday.choices:
            self.fields[f"day-{value}"] = forms.CharField(
                label=label, required=False, max_length=100, initial=self.instance.week.get(str(value), ""),
                widget=forms.TextInput(attrs={"placeholder": str(_("closed"))}),
            )  # fmt: skip
        self.initial["closed"] = "\n".join(one.isoformat() for one in sorted(self.instance.closed))
        self.order_fields([*(f"day-{value}" for value in Weekday.values), "closed"])

    def clean_closed(self) -> list[Any]:
        field, found = forms.DateField(), []
        for line in filter(None, (line.strip() for line in self.cleaned_data["closed"].splitlines())):
            try:
                found.append(field.clean(line))
            except ValidationError:
                raise ValidationError(_("“%(text)s” is no date; write it as 2026-12-25."), params={"text": line[:40]}) from None
        return sorted(set(found))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for value in Weekday.values:
            try:
                read_spans(given.get(f"day-{value}", ""))
            except ValidationError as problem:
                self.add_error(f"day-{value}", problem)
        if not any(given.get(f"day-{value}", "").strip() for value in Weekday.values):
            self.add_error(None, _("Give the hours of one day at least: otherwise nothing is ever due."))
        return given

    def kept(self) -> Calendar:
        calendar: Calendar = self.instance
        calendar.week = {str(value): self.cleaned_data[f"day-{value}"].strip() for value in Weekday.values}
        calendar.closed = self.cleaned_data["closed"]
        return calendar


#: What can stand in the holes of a template.
KNOWN = ("name", "number", "about", "touchpoint", "unit", "agent", "company")


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReplyTemplate
        fields = ["name", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = ", ".join(f"{{{{ {name} }}}}" for name in KNOWN)
        self.fields["text"].help_text = gettext("In it can stand: %(known)s, and traits as {{ trait:plan }}.") % {"known": known}

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if unknown := holes(text, KNOWN):
            raise ValidationError(_("Nothing can stand for “%(name)s”."), params={"name": unknown[0]})
        return text


class CauseForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Cause
        fields = ["name", "parent"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ModelChoiceField)
        known = [one for one in tree(self.instance.workspace_id) if one.depth < DEEPEST and self.instance.pk not in one.above]
        parent.queryset = Cause.objects.filter(pk__in=[one.cause.pk for one in known])
        parent.choices = [("", str(_("none"))), *((one.cause.pk, one.path) for one in known)]

    def _get_validation_exclusions(self) -> set[str]:
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]


class CauseNameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Cause
        fields = ["name"]

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against those beside it."""
        return set(super()._get_validation_exclusions()) - {"workspace", "parent"}  # type: ignore[misc]
