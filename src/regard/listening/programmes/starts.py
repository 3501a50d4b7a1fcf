"""Programmes to begin with: when they ask, about what, and with which survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from regard.listening.programmes.models import Kind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Start:
    key: str
    name: StrOrPromise
    text: StrOrPromise
    kind: Kind
    #: Which ready-made survey it asks.
    survey: str
    #: The functions of touchpoints that it is for, chosen beforehand.
    functions: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)


STARTS: dict[str, Start] = {
    one.key: one
    for one in (
        Start(
            "after_contact", _("After a contact"), _("An hour after a call, chat or visit: was it easy? For the team that helped."),
            Kind.TRANSACTIONAL, "after_contact", ("support",), {"delay": timedelta(hours=1), "reminders": [3], "fresh_days": 2},
        ),
        Start(
            "delivery", _("After a delivery"), _("The day after something arrived or was installed: as expected, or not?"),
            Kind.TRANSACTIONAL, "delivery", ("fulfilment",), {"delay": timedelta(days=1), "reminders": [4], "fresh_days": 7},
        ),
        Start(
            "relationship", _("Relationship"), _("Every customer now and then, on a clock of their own: would they recommend us, and why?"),
            Kind.RELATIONSHIP, "relationship", (), {"rest_days": 182, "spread_days": 90, "reminders": [5]},
        ),
        Start(
            "follow_up", _("Follow up"), _("Some weeks after an answer to another programme: has it become better?"),
            Kind.SEQUENCE, "after_contact", (), {"delay": timedelta(days=60), "fresh_days": 7},
        ),
    )
}  # fmt: skip
