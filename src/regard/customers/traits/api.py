from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.customers.people.api import find as find_customer
from regard.customers.people.slots import SLOTS
from regard.customers.traits.enter import enter, strike, trust
from regard.customers.traits.forms import named
from regard.customers.traits.models import BY_HAND, Trait, TrustOrder, different
from regard.customers.traits.queries import Word, source_names, told_of
from regard.customers.traits.set_by_hand import set_by_hand
from regard.workspace.keys.caller import Caller, KeyAuth, caller

router = Router(tags=["traits"])
customers = Router(tags=["traits"])
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00$][^\x00]*$", max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200, strip_whitespace=True)]
Kind = Literal["text", "number", "money", "date", "boolean", "choice", "list"]


class TraitIn(Schema):
    name: Name = Field(description="as sources spell it")
    title: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=120, strip_whitespace=True)] = ""
    kind: Kind = "text"
    options: list[Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=200)]] = Field(
        [], max_length=200, description="of a choice: its values"
    )
    currency: str = Field("", pattern=r"^([A-Z]{3})?$", description="of money; the workspace's when empty")
    personal: bool | None = Field(None, description="whether it says who somebody is; null: told by its name")
    trust: list[int] = Field(
        [], max_length=500, description="sources believed first about this trait; empty: as about others"
    )


class TraitOut(TraitIn):
    pass


class SourceOut(Schema):
    id: int = Field(description="0 is what was written by hand")
    name: str


class TrustIn(Schema):
    sources: list[int] = Field(
        max_length=500, description="the first is believed before the second; the rest by who spoke last"
    )


class WordOut(Schema):
    value: str
    source: int
    since: datetime
    until: datetime | None = Field(description="null: it is said now")
    believed: bool
    fits: bool = Field(description="whether it fits the trait's kind")


class ToldOut(Schema):
    name: str
    title: str
    words: list[WordOut] = Field(description="what sources say now, the latest first, then what they said before")


class ValueIn(Schema):
    name: Name
    value: str | float | bool | list[str] | None = Field(description="null: there is none")


@router.get("", response=list[TraitOut], summary="The traits that have a kind")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    return [_shown(one) for one in Trait.of(caller(request).workspace.pk).values()]


@router.put("", auth=KeyAuth(write=True), response=TraitOut, summary="Say what kind of value a trait has")
def put(request: HttpRequest, given: TraitIn) -> dict[str, Any]:
    """Of a name that is entered already, the entry is replaced. Everybody's traits are worked out anew."""
    who = _whole(request)
    _speakable(who, given.name)
    if given.kind == "choice" and not given.options:
        raise HttpError(400, "A choice needs its options.")
    _check(who, given.trust)
    trait = Trait.objects.filter(workspace=who.workspace, name=given.name).first() or Trait(
        workspace=who.workspace, name=given.name
    )
    trait.title, trait.kind, trait.personal, trait.trust = (
        given.title,
        given.kind,
        given.personal,
        list(dict.fromkeys(given.trust)),
    )
    trait.options = different(given.options) if given.kind == "choice" else []
    trait.currency = (given.currency or who.workspace.currency) if given.kind == "money" else ""
    try:
        enter(trait, by=who.id)
    except ValidationError as problem:
        raise HttpError(400, "; ".join(problem.messages)) from None
    return _shown(trait)


@router.delete("", auth=KeyAuth(write=True), response={204: None}, summary="Take the kind of a trait away")
def remove(request: HttpRequest, name: str = FromUrl(max_length=200, pattern=r"^[^\x00]*$")) -> tuple[int, None]:
    who = _whole(request)
    trait = Trait.objects.filter(workspace=who.workspace, name=name).first()
    if trait is None:
        raise Http404
    strike(trait, by=who.id)
    return 204, None


@router.get("/sources", response=list[SourceOut], summary="Who speaks of customers, the newest first")
def sources(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"id": id, "name": name} for id, name in _known(caller(request)).items()]


@router.get("/trust", response=TrustIn, summary="Whom to believe when sources disagree")
def trust_order(request: HttpRequest) -> dict[str, Any]:
    return {"sources": TrustOrder.of(caller(request).workspace.pk)}


@router.put("/trust", auth=KeyAuth(write=True), response=TrustIn, summary="Change whom to believe")
def set_trust(request: HttpRequest, given: TrustIn) -> dict[str, Any]:
    who = _whole(request)
    _check(who, given.sources)
    trust(who.workspace.pk, given.sources, by=who.id)
    return {"sources": TrustOrder.of(who.workspace.pk)}


@customers.get(
    "/{int:id}/traits", response=list[ToldOut], summary="A customer's traits: who says what, and what was said before"
)
def of_customer(request: HttpRequest, id: int) -> list[dict[str, Any]]:
    found = find_customer(request, id)
    return [
        {"name": told.name, "title": told.title, "words": [_word(word) for word in told.words]} for told in told_of(caller(request).scope, found.id)
    ]  # fmt: skip


@customers.put(
    "/{int:id}/traits", auth=KeyAuth(write=True), response=list[ToldOut], summary="Write down a trait by hand"
)
def set_trait(request: HttpRequest, id: int, given: ValueIn) -> list[dict[str, Any]]:
    """Believed before what other sources say, unless the order of trust says otherwise."""
    found, who = find_customer(request, id), caller(request)
    _speakable(who, given.name)
    set_by_hand(workspace=who.workspace.pk, customer=found.id, name=given.name, value=given.value, by=who.id)
    return of_customer(request, id)


def _word(word: Word) -> dict[str, Any]:
    return {
        "value": word.value,
        "source": word.source,
        "since": word.since,
        "until": word.until,
        "believed": word.believed,
        "fits": word.fits,
    }


def _shown(trait: Trait) -> dict[str, Any]:
    return {
        name: getattr(trait, name) for name in ("name", "title", "kind", "options", "currency", "personal", "trust")
    }


def _whole(request: HttpRequest) -> Caller:
    who = caller(request)
    if who.scope.units is not None:
        raise HttpError(403, "A key of one unit changes no traits of the whole workspace.")
    return who


def _speakable(who: Caller, name: str) -> None:
    try:
        named(name, who.workspace.pk)
    except ValidationError as problem:
        raise HttpError(409, "; ".join(problem.messages)) from None


def _known(who: Caller) -> dict[int, str]:
    return {BY_HAND: "written by hand", **SLOTS.source_names(who.workspace.pk, None)}


def _check(who: Caller, listed: list[int]) -> None:
    known = source_names(who.workspace.pk, listed)
    if unknown := [one for one in listed if one not in known]:
        raise HttpError(400, f"There is no source {unknown[0]}.")
