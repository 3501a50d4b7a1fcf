from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from regard.customers.contact.channels import Channel
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.quiet.models import Weekday
from regard.customers.traits.models import Trait
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.invitations.queries import lived
from regard.listening.programmes.models import SENT_BY, Kind, Programme
from regard.listening.surveys.models import Survey
from regard.metrics.period import BadQuery
from regard.outreach.messages.carriers import CARRIERS
from regard.segments.models import Segment

_UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_MOST_REMINDERS = 3
#: What each kind of programme does not have.
_NOT_OF = {
    Kind.TRANSACTIONAL: ("after", "spread_days"),
    Kind.RELATIONSHIP: ("after", "touchpoints", "conditions", "delay_count", "delay_unit", "fresh_days"),
    Kind.SEQUENCE: ("touchpoints", "conditions", "spread_days"),
}
#: What stays once it was launched: answers were given under it.
_FIXED = ("name", "anonymous")
#: The parts of the page: title, and the rows of fields in it.
_PARTS: tuple[tuple[Any, tuple[tuple[str, ...], ...]], ...] = (
    (_("What, and about what"), (("name",), ("survey",), ("after",), ("touchpoints",), ("conditions",), ("delay_count", "delay_unit"))),
    (_("Whom"), (("segment",), ("rest_days", "spread_days"), ("share", "daily_cap"), ("margin", "margin_by"))),
    (_("How"), (("channels",), ("purpose",), ("window_days",), ("window_start", "window_end"), ("reminders",))),
    (_("Beside other programmes"), (("priority",), ("fresh_days", "expires_days"), ("anonymous",))),
)  # fmt: skip


def _carried() -> list[tuple[str, Any]]:
    """The channels that something is there to carry messages by."""
    return [(one, Channel(one).label) for one in SENT_BY if one in CARRIERS]


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    touchpoints = forms.TypedMultipleChoiceField(
        label=_("After what happens at"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("None ticked: at any touchpoint."),
    )  # fmt: skip
    conditions = forms.CharField(
        label=_("Only where"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3, "placeholder": "channel=phone"}),
        help_text=_("One a line, as in Explore: channel=phone, outcome!=abandoned, unit=North, trait:plan=Pro. The same twice means either."),
    )  # fmt: skip
    delay_count = forms.IntegerField(label=_("Asked after"), min_value=0, max_value=1_000, initial=1)
    delay_unit = forms.ChoiceField(
        label=_("Unit of time"),
        choices=[("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        initial="hours",
    )
    channels = forms.MultipleChoiceField(
        label=_("By"), choices=_carried, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"}),
        help_text=_("The first of them that a customer can be reached by."),
    )  # fmt: skip
    window_days = forms.TypedMultipleChoiceField(
        label=_("On"), choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple(attrs={"class": "across"})
    )
    reminders = forms.CharField(
        label=_("Remind after (days)"),
        required=False,
        max_length=40,
        help_text=_("Such as 3, 7. Empty: nobody is reminded."),
    )
    margin_by = forms.ChoiceField(label=_("for each"), required=False)

    class Meta:
        model = Programme
        fields = [
            "name", "survey", "after", "segment", "rest_days", "spread_days", "share", "daily_cap", "margin", "margin_by", "purpose", "window_start",
            "window_end", "priority", "fresh_days", "expires_days", "anonymous",
        ]  # fmt: skip
        widgets = {
            "window_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "window_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "share": _(
                "100: everybody who is eligible. Who is in the sample follows from the occasion, not from chance at sending."
            ),
            "daily_cap": _("What is more waits for the next day."),
            "margin": _("Half the 95 % interval of its score, at least 30 answers. Empty: never."),
            "window_end": _("On the customer’s clock. What comes outside waits."),
            "anonymous": _(
                "No answer is kept with a name or an invitation; invitations only say on which day they were used. Fixed once launched."
            ),
            "priority": _("Where two programmes want the same customer, the lower number asks."),
            "rest_days": _("Counted from when this programme asked them last."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        programme: Programme = self.instance
        workspace = programme.workspace
        for name in _NOT_OF[Kind(programme.kind)]:
            del self.fields[name]
        if programme.launched is not None:
            for name in _FIXED:
                self.fields[name].disabled = True
            self.fields["name"].help_text = _("Answers stand under this name, so it stays.")
        self._choose(
            "survey", Survey.objects.filter(workspace=workspace, retired=None, versions__isnull=False).distinct()
        )
        self._choose("purpose", Purpose.objects.filter(workspace=workspace, retired=None))
        self._choose("segment", Segment.objects.filter(workspace=workspace, retired=None), empty=_("all customers"))
        if "after" in self.fields:
            self._choose("after", Programme.objects.filter(workspace=workspace, ended=None).exclude(pk=programme.pk))
            self.fields["after"].required = True
        if "touchpoints" in self.fields:
            known = (
                Touchpoint.objects.filter(workspace=workspace, retired=None).order_by("name").values_list("pk", "name")
            )
            self.fields["touchpoints"].choices = list(known)  # type: ignore[attr-defined]
        traits = Trait.objects.filter(workspace=workspace).order_by("name").values_list("name", flat=True)
        self.fields["margin_by"].choices = [  # type: ignore[attr-defined]
            ("", _("all answers together")), ("unit", _("unit")), ("touchpoint", _("touchpoint")), *((f"trait:{one}", one) for one in traits),
        ]  # fmt: skip
        self._fill(programme)

    def _choose(self, name: str, among: Any, *, empty: Any = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = among
        if empty is not None:
            field.empty_label = str(empty)

    def _fill(self, programme: Programme) -> None:
        unit = next(
            (one for one in ("days", "hours") if programme.delay and programme.delay % _UNITS[one] == timedelta()),
            "minutes",
        )
        self.initial = {
            **self.initial,
            "touchpoints": programme.touchpoints, "conditions": "\n".join(programme.conditions), "delay_count": programme.delay // _UNITS[unit],
            "delay_unit": unit, "channels": programme.channels, "window_days": programme.window_days,
            "reminders": ", ".join(map(str, programme.reminders)), "margin_by": programme.margin_by,
        }  # fmt: skip

    @property
    def parts(self) -> list[tuple[Any, list[list[forms.BoundField]]]]:
        def there(names: tuple[str, ...]) -> list[forms.BoundField]:
            return [self[name] for name in names if name in self.fields]

        return [(title, [row for names in rows if (row := there(names))]) for title, rows in _PARTS]

    def clean_channels(self) -> list[str]:
        """In the order of SENT_BY, the cheapest first."""
        return [one for one in SENT_BY if one in self.cleaned_data["channels"]]

    def clean_reminders(self) -> list[int]:
        given = [one.strip() for one in self.cleaned_data["reminders"].split(",") if one.strip()]
        if not all(one.isdecimal() and 0 < int(one) < 100 for one in given):
            raise forms.ValidationError(_("Give days with commas between them, such as 3, 7."))
        days = sorted({int(one) for one in given})
        if len(days) > _MOST_REMINDERS:
            most = _MOST_REMINDERS
            raise forms.ValidationError(
                ngettext("Remind at most %(n)s time.", "Remind at most %(n)s times.", most) % {"n": most}
            )
        return days

    def clean_conditions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["conditions"].splitlines() if line.strip()]
        if any(len(line) > 500 for line in lines):
            raise forms.ValidationError(_("Keep each condition below 500 characters."))
        try:
            lived(Programme(workspace=self.instance.workspace, conditions=lines))
        except BadQuery as problem:
            raise forms.ValidationError(str(problem)) from None
        return lines

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        reminders, expires = given.get("reminders") or [], given.get("expires_days")
        if reminders and expires and reminders[-1] >= expires:
            self.add_error("reminders", _("The last reminder comes after the invitation is over."))
        if "after" in self.fields and given.get("after") and _loops(self.instance, given["after"]):
            self.add_error("after", _("That programme follows this one already."))
        return given

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        given, programme = self.cleaned_data, self.instance
        for name in ("touchpoints", "conditions", "channels", "window_days", "reminders", "margin_by"):
            if name in given:
                setattr(programme, name, given[name])
        if given.get("delay_count") is not None and given.get("delay_unit"):
            programme.delay = given["delay_count"] * _UNITS[given["delay_unit"]]


def _loops(programme: Programme, after: Programme) -> bool:
    seen: Programme | None = after
    while seen is not None:
        if seen.pk == programme.pk and programme.pk is not None:
            return True
        seen = seen.after
    return False


class MessageForm(forms.Form):
    """What the invitation says in one language; what is left empty is said in the product's own words."""

    subject = forms.CharField(label=_("Subject"), max_length=150, required=False)
    intro = forms.CharField(label=_("Text"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    short = forms.CharField(
        label=_("For SMS and WhatsApp"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The link comes at {link}, else at the end."),
    )  # fmt: skip

    def __init__(self, *args: Any, channels: Collection[str], **more: Any) -> None:
        super().__init__(*args, **more)
        if not set(channels) - {Channel.EMAIL}:
            del self.fields["short"]
