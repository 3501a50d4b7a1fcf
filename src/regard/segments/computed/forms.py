from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel, Touchpoint
from regard.segments.computed.definition import Definition, Scores, read, touchpoint_of, written
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.words import KINDS, METRICS

_WHAT = ("touchpoint", "channel", "event", "outcome")
#: What can be said of each kind, besides the days.
_ASKED = {
    **dict.fromkeys(KINDS, _WHAT), "sum": (*_WHAT, "currency"), "last score": ("metric", "touchpoint"), "average score": ("metric", "touchpoint"),
    "touchpoints": ("channel", "event", "outcome"), "channels": ("touchpoint", "event", "outcome"),
    "top channel": ("touchpoint", "event", "outcome"),
}  # fmt: skip


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ComputedTrait
        fields = ["name"]
        help_texts = {"name": _("As it is called in segments, breakdowns and columns, such as: purchases in 90 days.")}


class MeasureForm(forms.Form):
    """What is worked out, of what. What is filled in is read by `definition.read`, which says what is wrong with it."""

    kind = forms.ChoiceField(label=_("What is worked out"), choices=list(KINDS.items()))
    metric = forms.ChoiceField(label=_("Question"), choices=list(METRICS.items()))
    touchpoint = forms.ChoiceField(label=_("Touchpoint"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("any channel")), *Channel.choices])
    event = forms.CharField(label=_("Event"), required=False, max_length=200)
    outcome = forms.CharField(label=_("Outcome"), required=False, max_length=200)
    currency = forms.CharField(label=_("Currency"), required=False, max_length=3)
    days = forms.IntegerField(
        label=_("Of the last days"), required=False, min_value=1, max_value=3_650,
        help_text=_("Today and so many days before; empty: of all time."),
    )  # fmt: skip

    def __init__(self, given: Mapping[str, str] | None, trait: ComputedTrait) -> None:
        filled = _filled(read(trait.definition)) if trait.definition else {"kind": "number", "days": "90"}
        super().__init__(given or None, initial=filled)
        chosen = (given or filled).get("kind", "number")
        self._kind = chosen if chosen in KINDS else "number"
        for name in {"metric", "currency", *_WHAT} - set(_ASKED[self._kind]):
            del self.fields[name]
        if "touchpoint" in self.fields:
            known = Touchpoint.objects.filter(workspace=trait.workspace).order_by("name").values_list("pk", "name")
            choices = [("", _("any touchpoint")), *((str(pk), name) for pk, name in known), ("0", _("unmapped"))]
            cast(forms.ChoiceField, self.fields["touchpoint"]).choices = choices
        if "currency" in self.fields:
            self.fields["currency"].widget.attrs["placeholder"] = trait.workspace.currency

    def definition(self) -> Definition:
        """Raises BadDefinition."""
        given = {name: str(self[name].value() or "").strip() for name in self.fields}
        told: dict[str, Any] = {
            name: value for name, value in given.items() if value and name in ("days", "currency", "metric")
        }
        what = {name: given[name] for name in _WHAT if given.get(name)}
        if "metric" in self.fields:
            return read({"kind": self._kind, "metric": given["metric"] or "nps", **told, **what})
        return read({"kind": self._kind, **told, "what": what})


def _filled(definition: Definition) -> dict[str, str]:
    told = written(definition)
    what = {} if isinstance(definition, Scores) else told.pop("what")
    touchpoint = touchpoint_of(definition)
    texts = {name: str(value) for name, value in (told | what).items() if value not in (None, "")}
    return texts | ({} if touchpoint is None else {"touchpoint": str(touchpoint)})
