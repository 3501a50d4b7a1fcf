from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema

from regard.governance.initiatives.models import Initiative, Measurement, newest
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.keys.caller import caller

router = Router(tags=["initiatives"])


class UnitOut(Schema):
    unit: str
    since: str


class ResultOut(Schema):
    method: str = Field(description="hold-out, staggered or difference")
    value: float | None = Field(description="in points of the metric; null where it cannot be told")
    low: float | None = Field(description="of its 95 % interval")
    high: float | None
    trusted: bool = Field(description="the checks of the time before it came are passed")


class InitiativeOut(Schema):
    id: int
    title: str
    stage: str
    owner: str
    cause: str
    whys: list[str]
    metric: str
    touchpoints: list[str] = Field(description="where it changes something; none: everywhere")
    expected: float | None
    worth: str | None = Field(description="of a point in a year, in the workspace’s currency")
    cost: str | None
    units: list[UnitOut] = Field(description="that have it, and since when")
    measured: str | None
    results: list[ResultOut] = Field(description="as they were worked out last")


@router.get("", response=list[InitiativeOut], summary="Initiatives, and what came of them")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    who = caller(request)
    found = Initiative.objects.filter(workspace=who.workspace).select_related("owner__user", "cause").prefetch_related("units__unit")
    names = dict(Touchpoint.objects.filter(workspace=who.workspace).values_list("pk", "name"))
    measured = newest(Initiative.objects.filter(workspace=who.workspace))
    return [_told(one, measured.get(one.pk), names) for one in found[:500]]


@router.get("/{int:id}", response=InitiativeOut, summary="One initiative")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    who = caller(request)
    found = Initiative.objects.filter(workspace=who.workspace, pk=id).select_related("owner__user", "cause").first() if id < 2**31 else None
    if found is None:
        raise Http404
    return _told(found, found.measured, dict(Touchpoint.objects.filter(workspace=who.workspace).values_list("pk", "name")))


def _told(one: Initiative, measured: Measurement | None, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.pk, "title": one.title, "stage": one.stage, "owner": one.owner.user.email if one.owner else "",
        "cause": one.cause.name if one.cause else "", "whys": one.whys, "metric": one.metric,
        "touchpoints": [names[pk] for pk in one.touchpoints if pk in names], "expected": one.expected,
        "worth": None if one.worth is None else str(one.worth), "cost": None if one.cost is None else str(one.cost),
        "units": [{"unit": unit.unit.name, "since": unit.since.isoformat()} for unit in one.units.all()],
        "measured": measured.at.isoformat() if measured else None, "results": _results(measured.result) if measured else [],
    }  # fmt: skip


def _results(result: dict[str, Any]) -> list[dict[str, Any]]:
    """By customers left alone, and by units: whichever there are."""
    found = []
    if held := result.get("held_out"):
        found.append({"method": "hold-out", **_estimate(held["effect"]), "trusted": True})
    if "effect" in result:
        found.append({"method": result["method"], **_estimate(result["effect"]), "trusted": bool(result["trusted"])})
    return found


def _estimate(told: dict[str, float] | None) -> dict[str, float | None]:
    return {name: (told or {}).get(name) for name in ("value", "low", "high")}
