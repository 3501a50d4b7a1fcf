"""A computed trait in words, and its values as a page shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from regard.ledger.touchpoints.models import Channel
from regard.segments.computed.definition import Definition, Money, Scores, Type, touchpoint_of, type_of
from regard.web import numbers

KINDS = {
    "number": _lazy("How many interactions"), "sum": _lazy("Sum of money"), "days since": _lazy("Days since the last interaction"),
    "first": _lazy("Day of the first interaction"), "last": _lazy("Day of the last interaction"), "last score": _lazy("Last score"),
    "average score": _lazy("Average score"), "touchpoints": _lazy("Touchpoints used"), "channels": _lazy("Channels used"),
    "top channel": _lazy("Channel used most"), "last outcome": _lazy("Last outcome"),
}  # fmt: skip
METRICS = {
    "nps": "NPS", "csat": _lazy("satisfaction"), "ces": _lazy("effort"), "rating": _lazy("rating"),
    "expectation": _lazy("against expectation"), "emotion": _lazy("emotion"),
}  # fmt: skip

Value = int | float | date | list[str] | str | None


def formula(definition: Definition, touchpoints: Mapping[int, str], currency: str) -> str:
    """`How many interactions, at Shop, by web, in the last 90 days`."""
    parts = [str(KINDS[definition.kind])]
    if isinstance(definition, Money):
        parts.append(_("in %(currency)s") % {"currency": definition.currency or currency})
    if isinstance(definition, Scores):
        parts = [f"{parts[0]}: {METRICS[definition.metric]}"]
    if (touchpoint := touchpoint_of(definition)) is not None:
        named = _("at %(touchpoint)s") % {"touchpoint": touchpoints.get(touchpoint, f"#{touchpoint}")}
        parts.append(_("unmapped") if touchpoint == 0 else named)
    if not isinstance(definition, Scores):
        what = definition.what
        parts += [_("by %(channel)s") % {"channel": channel_title(what.channel)}] if what.channel else []
        parts += [_("event “%(event)s”") % {"event": what.event}] if what.event else []
        parts += [_("outcome “%(outcome)s”") % {"outcome": what.outcome}] if what.outcome else []
    if definition.days:
        parts.append(
            ngettext("in the last day", "in the last %(n)s days", definition.days)
            % {"n": numbers.decimal(definition.days)}
        )
    return ", ".join(parts)


def parsed(text: str, definition: Definition) -> Value:
    """From the text in the engine; None for what is not known."""
    if not text:
        return None
    match type_of(definition):
        case Type.NUMBER | Type.MONEY:
            number = float(text)
            return int(number) if number == int(number) else number
        case Type.DATE:
            return date.fromisoformat(text)
        case Type.LIST:
            return [str(one) for one in json.loads(text)]
        case Type.TEXT:
            return text


def told(value: Value, definition: Definition, currency: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(channel_title(one) if definition.kind == "channels" else one for one in value)
    if isinstance(value, date):
        return numbers.ago(value)
    if isinstance(value, str):
        return channel_title(value) if definition.kind == "top channel" else value
    if isinstance(definition, Money):
        return numbers.money(value, definition.currency or currency)
    if definition.kind == "days since":
        return numbers.days(int(value)) if value else _("today")
    return numbers.decimal(value, 0 if value == int(value) else 1)


def channel_title(channel: str) -> str:
    return str(Channel(channel).label) if channel in Channel.values else channel
