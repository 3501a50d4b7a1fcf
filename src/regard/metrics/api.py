from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.params.functions import Query as FromUrl

from regard.metrics.dimensions import DIMENSIONS
from regard.metrics.measures import MEASURES
from regard.metrics.payload import payload
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.workspace.keys.caller import caller

router = Router(tags=["metrics"])


_WHERE = "dimension=value or dimension!=value, again for more; the same dimension twice means either"


class ChangeOut(Schema):
    value: float
    p: float | None
    significant: bool | None


class RowOut(Schema):
    by: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    before: float | None
    change: ChangeOut | None
    against_rest: ChangeOut | None
    split: dict[str, int] | None


class ResultOut(Schema):
    metric: str
    formula: str
    interval: str
    unit: str
    by: str | None
    period: dict[str, str | None]
    compared: dict[str, str | None] | None
    rows: list[RowOut]
    total: RowOut
    more: bool


class MetricOut(Schema):
    name: str
    title: str
    formula: str


class MetricsOut(Schema):
    metrics: list[MetricOut]
    dimensions: list[str]


@router.get("", response=MetricsOut, summary="The metrics and what they can be broken down by")
def index(request: HttpRequest) -> dict[str, Any]:
    metrics = [{"name": m.name, "title": str(m.title), "formula": m.formula} for m in MEASURES.values()]
    return {
        "metrics": metrics,
        "dimensions": [f"{d.name}:NAME" if d.takes_argument else d.name for d in DIMENSIONS.values()],
    }


@router.get("/{name}", response=ResultOut, summary="A metric with its interval")
def show(
    request: HttpRequest,
    name: str,
    by: str = FromUrl("", description="touchpoint, stage, channel, unit, trait:NAME, property:NAME, week …"),
    first: str = FromUrl("", alias="from", description="First day, YYYY-MM-DD, in the workspace's time zone"),
    to: str = FromUrl("", description="Last day, included"),
    last: str = FromUrl("", description="Instead of from and to: 90d, 12w, 6m, 1y"),
    compare: str = FromUrl("", description="previous or year"),
    where: list[str] = FromUrl([], description=_WHERE),  # noqa: B008
) -> dict[str, Any]:
    """Every row carries its value, 95 % interval and number of answers; the formula is beside it. Nothing is rounded."""
    who = caller(request)
    today = timezone.now().astimezone(who.workspace.zone).date()
    query = read_query(
        metric=name, by=by, where=where, first=first, last=to, lasting=last, compare=compare, today=today
    )
    return payload(run(query, who.scope, who.workspace))
