from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.params.functions import Query as FromUrl

from regard.insights.verbatims.queries import verbatims
from regard.metrics.period import read_period
from regard.metrics.query import read_filters
from regard.workspace.keys.caller import caller

router = Router(tags=["feedback"])


class VerbatimOut(Schema):
    at: datetime
    profile: int
    touchpoint: str
    channel: str
    unit: str
    metric: str
    score: float | None
    text: str
    language: str
    feeling: str


class FeedbackOut(Schema):
    items: list[VerbatimOut]
    total: int
    next: str | None


@router.get("", response=FeedbackOut, summary="What customers wrote, newest first")
def index(
    request: HttpRequest,
    search: str = FromUrl("", max_length=200),
    first: str = FromUrl("", alias="from"),
    to: str = "",
    last: str = "",
    feeling: Literal["", "good", "mid", "bad"] = "",
    where: list[str] = FromUrl([]),  # noqa: B008
    limit: int = FromUrl(25, ge=1, le=500),
    after: str = FromUrl("", max_length=12, pattern=r"^\d{0,9}$"),
) -> dict[str, Any]:
    who = caller(request)
    today = timezone.now().astimezone(who.workspace.zone).date()
    offset = int(after or 0)
    page = verbatims(
        who.scope, who.workspace, text=search, filters=read_filters(where), feeling=feeling, limit=limit, offset=offset,
        period=read_period(first=first, last=to, lasting=last, today=today),
    )  # fmt: skip
    items = [{**asdict(verbatim), "feeling": verbatim.feeling} for verbatim in page.verbatims]
    return {"items": items, "total": page.total, "next": str(offset + limit) if page.more else None}
