from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.params.functions import Query as FromUrl

from regard.customers.people.find import customer_or_404
from regard.customers.people.listing import read_listing
from regard.customers.people.page import rows, worked_out
from regard.customers.people.queries import Person
from regard.customers.search.queries import said
from regard.warehouse.scope import Scope
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
    computed: dict[str, Any] = Field(description="computed traits, as last worked out; null where not known")
    home_unit: str
    created: str


class PeopleOut(Schema):
    items: list[PersonOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


class SaidOut(Schema):
    customer: int
    name: str
    at: str
    kind: str = Field(description="answer or note")
    text: str


@router.get("", response=PeopleOut, summary="Customers, newest contact first, by search or by filters")
def index(
    request: HttpRequest,
    search: str = FromUrl(
        "",
        max_length=200,
        description="names and identifiers, forgiving accents and typos, the best first; a hundred at most",
    ),
    segment: int = FromUrl(0, ge=0, lt=2**31, description="only who belongs to it"),
    unit: int = FromUrl(0, ge=0, lt=2**31, description="only who is at home there or below"),
    trait: list[str] = FromUrl([], max_length=5, description="`name:value`, several of which must all hold"),  # noqa: B008
    sort: str = FromUrl("heard", max_length=220, description="heard, new, old, name, -name, trait:NAME or -trait:NAME"),
    limit: int = FromUrl(50, ge=1, le=500),
    after: str = FromUrl("", max_length=20, pattern=r"^(~?\d{1,19})?$"),
) -> dict[str, Any]:
    listing = read_listing(
        {"q": [search], "segment": [str(segment)], "unit": [str(unit)], "trait": trait, "sort": [sort]}
    )
    scope = caller(request).scope
    found = rows(scope, listing, after, limit=limit)
    return {"items": _with_computed(scope, found.people), "next": found.next or None}


@router.get(
    "/said", response=list[SaidOut], summary="What customers said, or was noted of them, with all of these words"
)
def what_was_said(
    request: HttpRequest, search: str = FromUrl(max_length=200), limit: int = FromUrl(20, ge=1, le=50)
) -> list[dict[str, Any]]:
    return [
        {"customer": one.person.id, "name": one.person.title, "at": one.quote.at.isoformat(), "kind": one.quote.kind, "text": one.quote.text}
        for one in said(caller(request).scope, search, limit=limit)
    ]  # fmt: skip


@router.get("/{int:id}", response=PersonOut, summary="One customer")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    return _with_computed(caller(request).scope, [find(request, id)])[0]


def find(request: HttpRequest, id: int) -> Person:
    return customer_or_404(caller(request).scope, id)


def _with_computed(scope: Scope, people: list[Person]) -> list[dict[str, Any]]:
    worked = worked_out(scope, [one.id for one in people])
    return [
        shown(one) | {"computed": {name: of.value for name, of in worked.get(one.id, {}).items()}} for one in people
    ]


def shown(one: Person) -> dict[str, Any]:
    known = [{"namespace": known.namespace, "value": known.value} for known in one.known_as]
    return {
        "id": one.id, "name": one.name, "identifiers": known, "traits": one.traits, "home_unit": one.home_unit,
        "created": one.created.isoformat(),
    }  # fmt: skip
