from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.purposes.models import Purpose
from regard.ledger.touchpoints.models import Touchpoint
from regard.metrics.measures import MEASURES
from regard.outreach.campaigns.models import LETTERS, Campaign, shares
from regard.outreach.templates.models import MessageTemplate
from regard.segments.models import Segment

_WHEN = "%Y-%m-%dT%H:%M"
_READ = [_WHEN, "%Y-%m-%d %H:%M"]
#: Metrics that an answer of one customer has a value of.
_SCORED = ("nps", "csat", "ces", "rating")


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    begins = forms.DateTimeField(
        label=_("Begins"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WHEN),
        help_text=_("Empty: as soon as it is started."), input_formats=_READ,
    )  # fmt: skip
    ends = forms.DateTimeField(
        label=_("Nothing goes out after"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_WHEN),
        input_formats=_READ,
    )  # fmt: skip
    touchpoints = forms.TypedMultipleChoiceField(
        label=_("At these touchpoints"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("What they answer, do or spend there. None ticked: anywhere."),
    )  # fmt: skip
    first_share = forms.IntegerField(
        label=_("The first message goes to (%)"), required=False, min_value=1, max_value=98,
        help_text=_("Of those who are written to; the others share the rest. Empty: equal shares."),
    )  # fmt: skip

    class Meta:
        model = Campaign
        fields = ["name", "segment", "purpose", "control_percent", "per_hour", "begins", "ends", "aim", "metric", "days", "touchpoints"]

    def __init__(self, *args: Any, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self.now, made = now, self.instance
        mine = {"workspace": made.workspace, "retired": None}
        for name, found, empty in (
            ("segment", Segment.objects.filter(**mine), _("choose a segment")), ("purpose", Purpose.objects.filter(**mine), _("choose what for")),
        ):  # fmt: skip
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset, field.empty_label = found, str(empty)
        self.fields["metric"] = forms.ChoiceField(
            label=_("Metric"), choices=[(name, MEASURES[name].title) for name in _SCORED if name in MEASURES], required=False, initial="nps"
        )
        known = Touchpoint.objects.filter(**mine).order_by("name")
        self.fields["touchpoints"].choices = list(known.values_list("pk", "name"))  # type: ignore[attr-defined]
        self.initial["touchpoints"] = made.touchpoints
        if not known:
            del self.fields["touchpoints"]
        templates = MessageTemplate.objects.filter(**mine)
        arms = {one.letter: one for one in made.arms.select_related("version__template")} if made.pk else {}
        given = [one.share for one in arms.values()]
        self.initial["first_share"] = given[0] if len(given) > 1 and given != shares(len(given)) else None
        for place, letter in enumerate(LETTERS):
            arm = arms.get(letter)
            label = gettext("Message") if place == 0 else gettext("Against message %(letter)s") % {"letter": letter}
            self.fields[f"arm-{letter}"] = forms.ModelChoiceField(
                templates, label=label, required=place == 0, empty_label=gettext("choose a message") if place == 0 else gettext("none"),
                initial=arm.version.template if arm else None,
            )

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if ends and ends <= self.now:
            self.add_error("ends", ValidationError(_("This has passed: give a later time, or none.")))
        elif ends and begins and ends <= begins:
            self.add_error("ends", ValidationError(_("It ends before it begins.")))
        chosen = [given[f"arm-{letter}"] for letter in LETTERS if given.get(f"arm-{letter}")]
        if len({one.pk for one in chosen}) < len(chosen):
            self.add_error(None, ValidationError(_("The same message cannot be compared with itself.")))
        given["metric"] = given.get("metric") or "nps"
        return given

    @property
    def messages(self) -> list[forms.BoundField]:
        return [self[f"arm-{letter}"] for letter in LETTERS]

    @property
    def compares(self) -> bool:
        """Something stands, or is wrong, beyond the first message."""
        return any(one.value() or one.errors for one in [*self.messages[1:], self["first_share"]])

    def kept(self) -> tuple[Campaign, list[MessageTemplate]]:
        """The campaign, and its messages in the order of their letters."""
        made: Campaign = self.instance
        made.touchpoints = self.cleaned_data.get("touchpoints", [])
        return made, [self.cleaned_data[f"arm-{letter}"] for letter in LETTERS if self.cleaned_data.get(f"arm-{letter}")]
