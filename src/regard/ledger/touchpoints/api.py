from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.keys.caller import caller
from regard.workspace.units.models import branches

router = Router(tags=["catalogue"])


class TouchpointOut(Schema):
    id: int
    name: str
    stage: str
    function: str
    channels: list[str]
    description: str


class UnitOut(Schema):
    id: int
    name: str
    path: list[int]


@router.get("/touchpoints", response=list[TouchpointOut], summary="The touchpoint catalogue")
def touchpoints(request: HttpRequest) -> Any:
    return Touchpoint.objects.filter(workspace_id=caller(request).scope.workspace, retired=None)


@router.get("/units", response=list[UnitOut], summary="The units the key may see, in tree order")
def units(request: HttpRequest) -> list[dict[str, Any]]:
    scope = caller(request).scope
    return [{"id": b.id, "name": b.name, "path": list(b.path)} for b in branches(scope.workspace) if scope.sees(b.id)]
