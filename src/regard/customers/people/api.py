from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.params.functions import Query as FromUrl

from regard.customers.people.queries import Person, person, search
from regard.workspace.keys.caller import caller

router = Router(tags=["customers"])


class KnownOut(Schema):
    namespace: str
    value: str


class PersonOut(Schema):
    id: int
    name: str
    identifiers: list[KnownOut]
    traits: dict[str, Any]
    home_unit: str
    created: str


class PeopleOut(Schema):
    items: list[PersonOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


@router.get("", response=PeopleOut, summary="Customers, newest contact first, or by search")
def index(
    request: HttpRequest,
    search_: str = FromUrl("", alias="search", max_length=200, description="in names and identifiers"),
    limit: int = FromUrl(50, ge=1, le=500),
    after: str = FromUrl("", max_length=12, pattern=r"^\d{0,9}$"),
) -> dict[str, Any]:
    offset = int(after or 0)
    found = search(caller(request).scope, search_, limit=limit + 1, offset=offset)
    return {"items": [shown(one) for one in found[:limit]], "next": str(offset + limit) if len(found) > limit else None}


@router.get("/{int:id}", response=PersonOut, summary="One customer")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    return shown(find(request, id))


def find(request: HttpRequest, id: int) -> Person:
    found = person(caller(request).scope, id) if id < 2**63 else None
    if found is None:
        raise Http404
    return found


def shown(one: Person) -> dict[str, Any]:
    known = [{"namespace": known.namespace, "value": known.value} for known in one.known_as]
    return {
        "id": one.id, "name": one.name, "identifiers": known, "traits": one.traits, "home_unit": one.home_unit,
        "created": one.created.isoformat(),
    }  # fmt: skip
