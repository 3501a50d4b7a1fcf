"""Verbatims as pages show them: with the score written out, and whose words they are for readers who may
know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from regard.customers.people.masking import masked_name
from regard.customers.people.models import Profile
from regard.insights.verbatims.queries import Verbatim
from regard.ledger.feeling import of_scale
from regard.warehouse.scope import Scope

METRICS = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "rating": "rating", "expectation": "expectation", "emotion": "emotion", "": ""}


#: Of what was said in a long call, the beginning: the rest stands on the customer's page.
_MOST = 1_000


@dataclass(frozen=True)
class Quote:
    text: str
    at: datetime
    touchpoint: str
    channel: str
    unit: str
    metric: str
    score: str
    tone: str
    customer: int | None
    name: str
    key: str


def quotes(verbatims: Iterable[Verbatim], scope: Scope, *, with_people: bool) -> list[Quote]:
    found = list(verbatims)
    people = _people(scope, {verbatim.profile for verbatim in found}) if with_people else {}
    return [_quote(verbatim, *people.get(verbatim.profile, (None, ""))) for verbatim in found]


def _people(scope: Scope, profiles: set[int]) -> dict[int, tuple[int | None, str]]:
    """Profile id in the ledger → the customer today, and their name."""
    found = Profile.objects.filter(workspace_id=scope.workspace, pk__in=profiles).select_related("merged_into")
    return {profile.pk: (profile.customer_id, _named(scope, profile.merged_into or profile)) for profile in found}


def _named(scope: Scope, profile: Profile) -> str:
    return masked_name(profile.name) or f"#{profile.pk}" if scope.masked else str(profile)


def _quote(verbatim: Verbatim, customer: int | None, name: str) -> Quote:
    score = "" if verbatim.score is None else f"{verbatim.score:g}/{verbatim.scale_high}"
    if verbatim.scale_low < 0:
        score = of_scale(verbatim.score, verbatim.scale_low, verbatim.scale_high)
    return Quote(
        text=Truncator(verbatim.text).chars(_MOST),
        at=verbatim.at,
        touchpoint=verbatim.touchpoint,
        channel=verbatim.channel,
        unit=verbatim.unit,
        metric=METRICS.get(verbatim.metric, verbatim.metric),
        score=score,
        tone=verbatim.feeling,
        customer=customer,
        name=name,
        key=verbatim.key,
    )
