"""A trait's value as people read it."""

from __future__ import annotations

from datetime import date

from regard.customers.traits.models import Trait
from regard.web import numbers


def shown(value: object, trait: Trait | None = None) -> str:
    """`1200` of money → `€1,200`, `2026-11-22` of a date → `22 Nov 2026`; what has no kind, or does not fit it, as it is."""
    if isinstance(value, bool):
        return numbers.yes_no(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return ""
    if trait is not None and isinstance(value, int | float):
        if trait.kind == Trait.Kind.MONEY:
            return numbers.money(value, trait.currency)
        if trait.kind == Trait.Kind.NUMBER:
            return numbers.decimal(value, 0 if value == int(value) else min(len(f"{value}".partition(".")[2]), 4))
    if trait is not None and trait.kind == Trait.Kind.DATE and isinstance(value, str):
        try:
            return numbers.ago(date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)
