"""Verbatims as pages show them: with the score written out, and whose words they are for readers who may
know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from regard.customers.people.models import Profile
from regard.insights.verbatims.queries import Verbatim

METRICS = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "rating": "rating"}


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


def quotes(verbatims: Iterable[Verbatim], workspace: int, *, with_people: bool) -> list[Quote]:
    found = list(verbatims)
    people = _people(workspace, {verbatim.profile for verbatim in found}) if with_people else {}
    return [_quote(verbatim, *people.get(verbatim.profile, (None, ""))) for verbatim in found]


def _people(workspace: int, profiles: set[int]) -> dict[int, tuple[int | None, str]]:
    """Profile id in the ledger → the customer today, and their name."""
    found = Profile.objects.filter(workspace_id=workspace, pk__in=profiles).select_related("merged_into")
    return {profile.pk: (profile.customer_id, str(profile.merged_into or profile)) for profile in found}


def _quote(verbatim: Verbatim, customer: int | None, name: str) -> Quote:
    score = "" if verbatim.score is None else f"{verbatim.score:g}/{verbatim.scale_high}"
    return Quote(
        text=verbatim.text,
        at=verbatim.at,
        touchpoint=verbatim.touchpoint,
        channel=verbatim.channel,
        unit=verbatim.unit,
        metric=METRICS.get(verbatim.metric, verbatim.metric),
        score=score,
        tone=verbatim.feeling,
        customer=customer,
        name=name,
    )
