from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.mapping.rules import SECONDS_IN, TESTS, Condition, Rule, Test
from regard.ledger.touchpoints.models import Channel, Touchpoint

CONDITIONS = 3
_TEST_NAMES = {
    "is": _("is"),
    "is not": _("is not"),
    "contains": _("contains"),
    "at least": _("is at least"),
    "at most": _("is at most"),
    "exists": _("is there"),
    "is missing": _("is missing"),
}
_METRICS = {
    "": _("none: it is an interaction"),
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "CES",
    "rating": _("Rating"),
}
_PROPERTY = {"list": "properties", "autocomplete": "off", "size": 14}


def _property(label: object, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=cast(str, label),
        required=False,
        max_length=200,
        help_text=help_text,
        widget=forms.TextInput(attrs=_PROPERTY),
    )


class RuleForm(forms.Form):
    """When an event looks so, it happened there, and this is read from it."""

    event = forms.CharField(
        label=_("Event"),
        max_length=200,
        help_text=_("Its name; a * at the end stands for any ending."),
        widget=forms.TextInput(attrs={"list": "events", "autocomplete": "off"}),
    )
    touchpoint = forms.TypedChoiceField(label=_("Touchpoint"), coerce=int)
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("as the event says")), *Channel.choices]
    )
    channel_property = _property(_("or from property"))
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=80)
    outcome_property = _property(_("or from property"))
    duration_property = _property(_("Duration from property"))
    duration_unit = forms.ChoiceField(
        label=_("in"), choices=[(name, _(name)) for name in SECONDS_IN], initial="seconds"
    )
    money_property = _property(_("Money from property"))
    currency_property = _property(_("Currency from property"))
    handovers_property = _property(_("Handovers from property"))
    unit_property = _property(_("Unit from property"))
    metric = forms.ChoiceField(label=_("It is an answer to"), required=False, choices=list(_METRICS.items()))
    score_property = _property(_("Score from property"))
    scale_low = forms.IntegerField(label=_("Scale from"), required=False, initial=0, min_value=-1000, max_value=1000)
    scale_high = forms.IntegerField(label=_("to"), required=False, initial=10, min_value=-1000, max_value=1000)
    text_property = _property(_("Comment from property"))

    def __init__(self, *args: Any, workspace: int, **options: Any) -> None:
        super().__init__(*args, **options)
        touchpoints = Touchpoint.objects.filter(workspace_id=workspace, retired=None).values_list("pk", "name")
        self.fields["touchpoint"].choices = [("", _("choose …")), *touchpoints]  # type: ignore[attr-defined]
        for place in range(CONDITIONS):
            self.fields[f"property_{place}"] = _property(_("Property"))
            self.fields[f"test_{place}"] = forms.ChoiceField(
                label=_("Test"), required=False, choices=list(_TEST_NAMES.items())
            )
            self.fields[f"value_{place}"] = forms.CharField(
                label=_("Value"), required=False, max_length=200, widget=forms.TextInput(attrs={"size": 14})
            )

    @property
    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"property_{n}"], self[f"test_{n}"], self[f"value_{n}"]) for n in range(CONDITIONS)]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("metric") and not given.get("score_property"):
            self.add_error("score_property", _("Say which property holds the score."))
        if given.get("metric") and (given.get("scale_low") or 0) >= (given.get("scale_high") or 0):
            self.add_error("scale_high", _("The scale ends above where it begins."))
        return given

    def rule(self) -> Rule:
        given = self.cleaned_data
        when = [
            Condition(
                property=given[f"property_{n}"].strip(),
                test=cast(Test, given[f"test_{n}"] or TESTS[0]),
                value=given[f"value_{n}"],
            )
            for n in range(CONDITIONS)
            if given[f"property_{n}"].strip()
        ]
        plain = {
            name: given[name] for name in Rule.__struct_fields__ if name in given and given[name] not in (None, "")
        }
        return Rule(**{**plain, "when": when})

    @staticmethod
    def start(rule: Rule) -> dict[str, Any]:
        """The form's values for a rule that is there."""
        values: dict[str, Any] = {name: getattr(rule, name) for name in Rule.__struct_fields__ if name != "when"}
        for place, one in enumerate(rule.when[:CONDITIONS]):
            values |= {
                f"property_{place}": one.property,
                f"test_{place}": one.test,
                f"value_{place}": one.value,
            }
        return values
