from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query as FromUrl

from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.ledger.timeline.queries import timeline
from regard.workspace.keys.caller import caller

router = Router(tags=["customers"])


class EntryOut(Schema):
    at: datetime
    kind: str
    id: str
    touchpoint: str
    event: str
    channel: str
    outcome: str
    duration: float | None
    money: float | None
    currency: str
    handovers: int | None
    unit: str
    metric: str
    score: float | None
    scale_low: int
    scale_high: int
    text: str
    language: str
    programme: str
    properties: dict[str, Any]


class TimelineOut(Schema):
    items: list[EntryOut]
    next: str | None
    hidden: int


@router.get("/{int:id}/timeline", response=TimelineOut, summary="Everything about one customer, newest first")
def show(
    request: HttpRequest,
    id: int,
    limit: int = FromUrl(50, ge=1, le=1000),
    after: str = FromUrl("", max_length=100, description="`next` of the answer before"),
    kind: list[str] = FromUrl([], description="interaction, answer, message, case, handoff, note"),  # noqa: B008
) -> dict[str, Any]:
    """`hidden` counts rows at units that the key may not see."""
    scope = caller(request).scope
    found = customer_or_404(scope, id)
    read = timeline(scope, profile_ids([found.id]), limit=limit, after=after, kinds=kind)
    return {"items": [asdict(entry) for entry in read.entries], "next": read.next or None, "hidden": read.hidden}
