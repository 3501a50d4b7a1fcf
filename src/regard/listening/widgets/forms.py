from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from regard.listening.answering.page import names
from regard.listening.links.forms import PlacedForm
from regard.listening.widgets.models import Widget
from regard.listening.widgets.targeting import MOST_ADDRESSES, Address, BadTargeting, Targeting, read

_HOW = [
    ("pattern", _("match a pattern, * is anything")),
    ("begins", _("begin with")),
    ("contains", _("contain")),
    ("is", _("are exactly")),
]
_DEVICES = [("all", _("phones and desktops")), ("phone", _("phones")), ("desktop", _("desktops"))]
_LANGUAGE = [("page", _("of the page, else of the browser")), ("browser", _("of the browser"))]
_SIDES = [("right", _("on the right")), ("left", _("on the left"))]


def _days(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=3650, initial=initial)


class WidgetForm(PlacedForm):
    how = forms.ChoiceField(label=_("On pages whose addresses"), choices=_HOW)
    where = forms.CharField(
        label=_("Addresses, one on a line"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Such as /account/* or https://shop.example/*. Empty: on every page that has the script."),
    )  # fmt: skip
    never = forms.CharField(
        label=_("Never on pages that match"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Patterns, one on a line, such as /checkout/*."),
    )  # fmt: skip
    event = forms.CharField(
        label=_("After the event"), required=False, max_length=120,
        help_text=_("The page says that it has happened: regard.track(\"checkout done\").")
    )  # fmt: skip
    seconds = forms.IntegerField(label=_("After seconds on the page"), min_value=0, max_value=3600, initial=0)
    scroll = forms.IntegerField(label=_("After per cent of the page was seen"), min_value=0, max_value=100, initial=0)
    share = forms.IntegerField(
        label=_("Per cent of visitors"), min_value=1, max_value=100, initial=100, help_text=_("Each visitor stays in or out.")
    )  # fmt: skip
    devices = forms.ChoiceField(label=_("On"), choices=_DEVICES)
    language = forms.ChoiceField(label=_("In the language"), choices=_LANGUAGE)
    shown = _days(_("Days without it, once it was seen"), 30)
    answered = _days(_("Days without it, once it was answered"), 90)
    dismissed = _days(_("Days without it, once it was sent away"), 60)
    side = forms.ChoiceField(label=_("Where the button stands"), choices=_SIDES)

    class Meta:
        model = Widget
        fields = ["name", "channel", "touchpoint", "unit"]

    targeting: Targeting

    def __init__(self, data: Any = None, *, instance: Widget) -> None:
        super().__init__(data, instance=instance, initial=_typed(instance.rules))
        self.stand_in(instance.survey.workspace)
        button = instance.rules.button
        self._languages = names(instance.survey.content)
        for language, name in self._languages.items():
            self.fields[f"button_{language}"] = forms.CharField(
                label=_now("Text of the button") + (f" ({name})" if len(self._languages) > 1 else ""), required=False, max_length=40,
                initial=button.text.get(language, "") if button else "",
            )  # fmt: skip

    def about(self) -> list[BoundField]:
        return [self[name] for name in ("name", "channel", "touchpoint", "unit")]

    def where_fields(self) -> list[BoundField]:
        return [self[name] for name in ("how", "where", "never", "devices", "share", "language")]

    def when_fields(self) -> list[BoundField]:
        return [self[name] for name in ("event", "seconds", "scroll", "shown", "answered", "dismissed")]

    def button_fields(self) -> list[BoundField]:
        return [*(self[f"button_{language}"] for language in self._languages), self["side"]]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        text = {language: given[f"button_{language}"] for language in self._languages if given[f"button_{language}"]}
        first = next(iter(self._languages))
        if text and first not in text:
            self.add_error(f"button_{first}", _("Other languages fall back to this one: give its text too."))
            return given
        try:
            self.targeting = read({
                "where": list(_addresses(given["where"], given["how"])), "never": list(_addresses(given["never"], "pattern")),
                **{name: given[name] for name in ("event", "seconds", "scroll", "share", "devices", "language")},
                "pauses": {name: given[name] for name in ("shown", "answered", "dismissed")},
                "button": {"text": text, "side": given["side"]} if text else None,
            })  # fmt: skip
        except BadTargeting as problem:
            self.add_error(None, _("Write at most %(most)s addresses of at most 500 characters each (%(problem)s).") % {
                "most": MOST_ADDRESSES, "problem": problem,
            })  # fmt: skip
        return given


def _addresses(text: str, how: str) -> Iterator[dict[str, str]]:
    for line in text.splitlines():
        if line.strip():
            yield {"how": how, "value": line.strip()}


def _typed(rules: Targeting) -> dict[str, Any]:
    """As it stands in the fields."""
    return {
        "how": rules.where[0].how if rules.where else "pattern", "where": _lines(rules.where), "never": _lines(rules.never),
        "side": rules.button.side if rules.button else "right", **rules.pauses.model_dump(),
        **rules.model_dump(include={"event", "seconds", "scroll", "share", "devices", "language"}),
    }  # fmt: skip


def _lines(addresses: Iterable[Address]) -> str:
    return "\n".join(one.value for one in addresses)
