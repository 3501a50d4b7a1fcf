"""A rule says what an event means: its touchpoint, and where to read channel, outcome, duration, money and score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec

Test = Literal["is", "is not", "contains", "at least", "at most", "exists", "is missing"]
TESTS: tuple[str, ...] = Test.__args__  # type: ignore[attr-defined]
SECONDS_IN = {"seconds": 1.0, "milliseconds": 0.001, "minutes": 60.0, "hours": 3600.0}
MOST_MONEY = 1e13


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    property: str
    test: Test = "is"
    value: str = ""

    def holds(self, properties: dict[str, Any]) -> bool:
        found = read(properties, self.property)
        if self.test in ("exists", "is missing"):
            return (found is not None) == (self.test == "exists")
        if self.test in ("is", "is not"):
            return (found is not None and as_text(found).casefold() == self.value.casefold()) == (self.test == "is")
        if self.test == "contains":
            return found is not None and self.value.casefold() in as_text(found).casefold()
        number, limit = as_number(found), as_number(self.value)
        if number is None or limit is None:
            return False
        return number >= limit if self.test == "at least" else number <= limit


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first rule that fits an event decides. `event` may end in * (any ending). Empty property names are not read."""

    event: str
    touchpoint: int
    when: list[Condition] = []
    channel: str = ""
    channel_property: str = ""
    outcome: str = ""
    outcome_property: str = ""
    duration_property: str = ""
    duration_unit: Literal["seconds", "milliseconds", "minutes", "hours"] = "seconds"
    money_property: str = ""
    currency: str = ""
    currency_property: str = ""
    handovers_property: str = ""
    unit_property: str = ""
    metric: str = ""
    score_property: str = ""
    scale_low: int = 0
    scale_high: int = 10
    text_property: str = ""

    def fits(self, event: str) -> bool:
        return self.event == event or ("*" in self.event and fnmatchcase(event, self.event))

    @property
    def reads(self) -> bool:
        """Whether an event's properties must be opened for it."""
        names = (
            self.channel_property, self.outcome_property, self.duration_property, self.money_property, self.currency_property,
            self.handovers_property, self.unit_property, self.score_property, self.text_property,
        )  # fmt: skip
        return bool(self.when) or any(names)


def rules(stored: Sequence[dict[str, Any]]) -> list[Rule]:
    """Raises msgspec.ValidationError for stored rules that are not rules."""
    return msgspec.convert(list(stored), list[Rule])


def read(properties: dict[str, Any], name: str) -> Any:
    """A property by name, or by a path with dots when no property has that very name."""
    if name in properties:
        return properties[name]
    value: Any = properties
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def as_number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
