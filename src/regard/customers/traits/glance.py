"""Traits that every customer page shows beside the name, whoever works them out: what they are worth, whether they are about to leave."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regard.customers.people.models import Profile
from regard.customers.people.slots import Fact, Tag
from regard.warehouse.scope import Scope
from regard.web import numbers

RISK, VALUE = "churn_risk", "lifetime_value"
_HIGH, _LOW = 0.3, 0.1


def value_at_a_glance(scope: Scope, customer: int, profiles: list[int]) -> list[Tag | Fact]:
    """`churn_risk` is a share from 0 to 1, `lifetime_value` an amount of `currency`."""
    traits = Profile.objects.values_list("traits", flat=True).get(pk=customer)
    told: list[Tag | Fact] = []
    risk, value = _number(traits.get(RISK)), _number(traits.get(VALUE))
    if risk is not None and 0 <= risk <= 1:
        tone = "bad" if risk >= _HIGH else "warn" if risk >= _LOW else "good"
        told.append(Tag(_("at risk %(share)s %%") % {"share": round(100 * risk)}, tone))
    if value is not None:
        told.append(Fact(_("Value"), numbers.money(value, str(traits.get("currency") or "EUR")[:3])))
    return told


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None
