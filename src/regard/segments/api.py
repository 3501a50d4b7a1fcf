from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.customers.people.queries import visible
from regard.segments.definition import BadDefinition, Group, read, written
from regard.segments.members.mirror import refresh
from regard.segments.models import Segment
from regard.segments.queries import check_named, fit, members
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["segments"])
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", min_length=1, max_length=120, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=400)]


class SegmentOut(Schema):
    id: int
    name: str
    description: str
    definition: dict[str, Any] | None = Field(description="null for a list that is filled by hand")
    size: int
    refreshed: str | None


class SegmentIn(Schema):
    name: Name
    description: Text = ""
    definition: dict[str, Any] = Field(description="a group: {kind: all, any or none, of: [conditions and groups]}")


class DefinitionIn(Schema):
    definition: dict[str, Any]


class FitOut(Schema):
    count: int
    total: int = Field(description="customers that the key may see")


class BelongsOut(Schema):
    customer: int
    since: str


class MembersOut(Schema):
    items: list[BelongsOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


@router.get("", response=list[SegmentOut], summary="The segments")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    found = Segment.objects.filter(workspace=caller(request).workspace, retired=None)
    return [_shown(one) for one in found]


@router.post("", response={201: SegmentOut}, auth=KeyAuth(write=True), summary="Make a segment")
def add(request: HttpRequest, given: SegmentIn) -> tuple[int, dict[str, Any]]:
    who = caller(request)
    if who.scope.units is not None:
        raise HttpError(403, "A key of one unit makes no segments: they are the whole workspace's.")
    segment = Segment(
        workspace=who.workspace,
        name=given.name,
        description=given.description,
        definition=written(_read(request, given.definition)),
    )
    try:
        segment.full_clean()
    except ValidationError as problem:
        raise HttpError(400, "; ".join(problem.messages)) from None
    segment.keep(actor=who.id)
    refresh(segment, now=timezone.now())
    return 201, _shown(segment)


@router.post("/count", response=FitOut, summary="How many customers fit a definition that is not saved")
def count(request: HttpRequest, given: DefinitionIn) -> dict[str, int]:
    found = fit(caller(request).scope, _read(request, given.definition), now=timezone.now())
    return {"count": found.count, "total": found.total}


@router.get("/{int:id}/members", response=MembersOut, summary="Who belongs to it, by id")
def belonging(
    request: HttpRequest,
    id: int,
    limit: int = FromUrl(50, ge=1, le=1_000),
    after: str = FromUrl("", pattern=r"^\d{0,18}$"),
) -> dict[str, Any]:
    """A key at a unit is given the customers it may see; a page may then hold fewer than `limit`."""
    who = caller(request)
    segment = Segment.objects.filter(pk=id, workspace=who.workspace).first() if id < 2**31 else None
    if segment is None:
        raise Http404
    found = members(who.scope, segment.pk, limit=limit + 1, after=int(after or 0))
    seen = visible(who.scope, [customer for customer, _ in found])
    items = [{"customer": one, "since": at.isoformat()} for one, at in found[:limit] if one in seen]
    return {"items": items, "next": str(found[limit - 1][0]) if len(found) > limit else None}


def _read(request: HttpRequest, given: dict[str, Any]) -> Group:
    try:
        return check_named(caller(request).scope, read(given))
    except BadDefinition as problem:
        raise HttpError(400, str(problem)) from None


def _shown(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.pk,
        "name": segment.name,
        "description": segment.description,
        "definition": segment.definition,
        "size": segment.size,
        "refreshed": segment.refreshed.isoformat() if segment.refreshed else None,
    }
