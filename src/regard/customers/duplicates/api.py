from __future__ import annotations

from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl

from regard.customers.duplicates import decide as decisions
from regard.customers.duplicates.models import DuplicateRun
from regard.customers.duplicates.queries import Wanted, one_waiting, waiting
from regard.customers.identity.join import CannotJoin
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["customers"])


class FieldOut(Schema):
    field: str = Field(description="a trait, or $given, $family, $email, $phone")
    state: Literal["agree", "close", "differ", "missing"]
    weight: float = Field(description="log2 of how many times likelier this is if they are one person")


class DuplicateOut(Schema):
    id: int
    customers: list[int]
    probability: float
    weight: float
    fields: list[FieldOut]


class DuplicatesOut(Schema):
    items: list[DuplicateOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


class DecisionIn(Schema):
    decision: Literal["same", "apart"]


class DecidedOut(Schema):
    customers: list[int] = Field(description="who they are now: one id when they were joined")


@router.get("", response=DuplicatesOut, summary="Customers who are probably one person, likeliest first")
def index(
    request: HttpRequest,
    at_least: float = FromUrl(0.0, ge=0, le=1, description="the lowest probability"),
    limit: int = FromUrl(50, ge=1, le=500),
    after: str = FromUrl("", max_length=12, pattern=r"^\d{0,9}$"),
) -> dict[str, Any]:
    offset = int(after or 0)
    found = waiting(caller(request).scope, Wanted(least=at_least), limit=limit + 1, offset=offset)
    runs = {run.pk: run.compared_fields for run in DuplicateRun.objects.filter(pk__in={one.run for one in found})}
    items = [
        {
            "id": one.id, "customers": [one.low, one.high], "probability": one.probability, "weight": one.weight,
            "fields": [
                {"field": field.source, "state": state, "weight": weight}
                for field, (state, weight) in zip(runs[one.run], one.evidence, strict=False)
            ],
        }
        for one in found[:limit]
    ]  # fmt: skip
    return {"items": items, "next": str(offset + limit) if len(found) > limit else None}


@router.post("/{int:id}/decision", response=DecidedOut, auth=KeyAuth(write=True), summary="One person, or two?")
def decide(request: HttpRequest, id: int, given: DecisionIn) -> dict[str, Any]:
    who = caller(request)
    pair = one_waiting(who.scope, id) if id < 2**63 else None
    if pair is None:
        raise Http404
    if given.decision == "apart":
        decisions.reject(who.scope.workspace, pair, by=who.id)
        return {"customers": [pair.low, pair.high]}
    try:
        return {"customers": [decisions.accept(who.scope.workspace, pair, by=who.id)]}
    except CannotJoin as refused:
        raise HttpError(409, str(refused)) from refused
