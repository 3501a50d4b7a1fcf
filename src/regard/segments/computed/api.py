from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from pydantic import StringConstraints

from regard.segments.computed.definition import Definition, read, type_of
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import preview
from regard.segments.computed.save import InUse, check, remove, save
from regard.segments.definition import BadDefinition
from regard.workspace.keys.caller import Caller, KeyAuth, caller

router = Router(tags=["computed traits"])
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", min_length=1, max_length=120, strip_whitespace=True)]


class ComputedTraitOut(Schema):
    id: int
    name: str
    type: str = Field(description="number, money, date, list or text")
    definition: dict[str, Any]
    customers: int = Field(description="who have one; of numbers and sums, who have more than none")
    as_of: str | None


class ComputedTraitIn(Schema):
    name: Name
    definition: dict[str, Any] = Field(
        description="{kind: number, what: {touchpoint, channel, outcome, event}, days}, and so on"
    )


class MeasureIn(Schema):
    definition: dict[str, Any]


class PreviewOut(Schema):
    words: str
    customers: int
    total: int


@router.get("", response=list[ComputedTraitOut], summary="The computed traits")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    return [_shown(one) for one in ComputedTrait.objects.filter(workspace=caller(request).workspace)]


@router.post("", response={201: ComputedTraitOut}, auth=KeyAuth(write=True), summary="Make a computed trait")
def add(request: HttpRequest, given: ComputedTraitIn) -> tuple[int, dict[str, Any]]:
    who = _company_wide(request)
    return 201, _saved(who, ComputedTrait(workspace=who.workspace), given)


@router.post(
    "/preview", response=PreviewOut, auth=KeyAuth(write=True), summary="What one that is not saved comes out at"
)
def look(request: HttpRequest, given: MeasureIn) -> dict[str, Any]:
    who = _company_wide(request)
    found = preview(who.workspace, _read(who, given.definition), now=timezone.now())
    return {"words": found.formula, "customers": found.number, "total": found.total}


@router.put("/{int:id}", response=ComputedTraitOut, auth=KeyAuth(write=True), summary="Replace a computed trait")
def replace(request: HttpRequest, id: int, given: ComputedTraitIn) -> dict[str, Any]:
    who = _company_wide(request)
    return _saved(who, _find(who, id), given)


@router.delete(
    "/{int:id}", response={204: None}, auth=KeyAuth(write=True), summary="Remove a computed trait that nothing uses"
)
def drop(request: HttpRequest, id: int) -> tuple[int, None]:
    who = _company_wide(request)
    try:
        remove(_find(who, id), actor=who.id)
    except InUse as problem:
        raise HttpError(409, str(problem)) from None
    return 204, None


def _company_wide(request: HttpRequest) -> Caller:
    who = caller(request)
    if who.scope.units is not None:
        raise HttpError(403, "A key of one unit makes no computed traits: they are the whole workspace's.")
    return who


def _find(who: Caller, id: int) -> ComputedTrait:
    found = ComputedTrait.objects.filter(pk=id, workspace=who.workspace).first() if id < 2**63 else None
    if found is None:
        raise Http404
    return found


def _read(who: Caller, given: dict[str, Any]) -> Definition:
    try:
        definition = read(given)
        check(who.workspace.pk, definition)
    except BadDefinition as problem:
        raise HttpError(400, str(problem)) from None
    return definition


def _saved(who: Caller, trait: ComputedTrait, given: ComputedTraitIn) -> dict[str, Any]:
    try:
        save(trait, _read(who, given.definition), name=given.name, actor=who.id, now=timezone.now())
    except ValidationError as problem:
        raise HttpError(400, "; ".join(problem.messages)) from None
    except InUse as problem:
        raise HttpError(409, str(problem)) from None
    return _shown(trait)


def _shown(trait: ComputedTrait) -> dict[str, Any]:
    return {
        "id": trait.pk,
        "name": trait.name,
        "type": type_of(trait.measure).value,
        "definition": trait.definition,
        "customers": trait.number,
        "as_of": trait.refreshed.isoformat() if trait.refreshed else None,
    }
