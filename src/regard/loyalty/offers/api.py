from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from pydantic import StringConstraints

from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import visible
from regard.loyalty.offers.accept import NotAccepted, accept
from regard.loyalty.offers.give import NotGiven, give_one
from regard.loyalty.offers.models import Grant, Offer
from regard.loyalty.offers.queries import Told, told
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["offers"])
Code = Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=80, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=300)]


class OfferOut(Schema):
    id: int
    name: str
    cost: str = Field(description="what one costs, in the workspace’s currency")
    days: int = Field(description="valid for so many days")
    most: int | None
    budget: str | None
    given: int = Field(description="in the key’s units")
    accepted: int
    accepted_share: float | None = Field(description="of those given, in percent; with its 95 % interval (Wilson)")
    accepted_low: float | None
    accepted_high: float | None
    spent: str = Field(description="what the accepted ones cost")


class GrantOut(Schema):
    id: int
    offer: int
    customer: int | None
    code: str
    given: str
    until: str
    accepted: str | None


class GrantIn(Schema):
    customer: int = Field(ge=1, lt=2**63)
    why: Line = ""


class AcceptanceIn(Schema):
    code: Code
    customer: int | None = Field(None, ge=1, lt=2**63, description="needed where all have the same code")


@router.get("", response=list[OfferOut], summary="Offers, with what was given and accepted")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    who = caller(request)
    offers = list(Offer.objects.filter(workspace=who.workspace, retired=None))
    return [_told(one) for one in told(who.scope, offers, now=timezone.now())]


@router.get("/{int:id}", response=OfferOut, summary="One offer")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    (found,) = told(caller(request).scope, [_find(request, id)], now=timezone.now())
    return _told(found)


@router.post("/{int:id}/grants", response={201: GrantOut}, auth=KeyAuth(write=True), summary="Give it to a customer")
def grant(request: HttpRequest, id: int, given: GrantIn) -> tuple[int, dict[str, Any]]:
    """Once each; 409 says why it cannot be given."""
    who, offer = caller(request), _find(request, id)
    customer = customer_or_404(who.scope, given.customer)
    try:
        return 201, _granted(give_one(offer, customer.id, why=given.why, by=who.id, now=timezone.now()))
    except NotGiven as problem:
        raise HttpError(409, str(problem)) from problem


@router.post("/{int:id}/acceptances", response=GrantOut, auth=KeyAuth(write=True), summary="A customer took it up")
def acceptance(request: HttpRequest, id: int, given: AcceptanceIn) -> dict[str, Any]:
    """By its code. The same again changes nothing. Offers that are retired are accepted as long as they are good."""
    who = caller(request)
    found = Grant.objects.filter(offer=_find(request, id, retired=True), code=given.code).select_related("profile")
    if given.customer is not None:
        found = found.filter(profile__in=profile_ids([customer_or_404(who.scope, given.customer).id]))
    grants = list(found[:2])
    if len(grants) > 1:
        raise HttpError(422, "customer: all have this code, so say who accepts it.")
    whose = {one.profile.customer_id for one in grants if one.profile}
    if not grants or visible(who.scope, whose) != whose:
        raise Http404
    try:
        return _granted(accept(grants[0], by=who.id, now=timezone.now()))
    except NotAccepted as problem:
        raise HttpError(409, str(problem)) from problem


def _find(request: HttpRequest, id: int, *, retired: bool = False) -> Offer:
    offers = Offer.objects.filter(workspace=caller(request).workspace)
    found = (offers if retired else offers.filter(retired=None)).filter(pk=id).first() if id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _told(one: Told) -> dict[str, Any]:
    share = one.accepted if one.given else None
    return {
        "id": one.offer.pk, "name": one.offer.name, "cost": str(one.offer.cost), "days": one.offer.days, "most": one.offer.most,
        "budget": None if one.offer.budget is None else str(one.offer.budget), "given": one.given, "accepted": one.accepted_count,
        "accepted_share": share and share.value, "accepted_low": share and share.low, "accepted_high": share and share.high, "spent": str(one.spent),
    }  # fmt: skip


def _granted(one: Grant) -> dict[str, Any]:
    return {
        "id": one.pk, "offer": one.offer_id, "customer": one.profile.customer_id if one.profile else None, "code": one.code,
        "given": one.at.isoformat(), "until": one.until.isoformat(), "accepted": one.accepted.isoformat() if one.accepted else None,
    }  # fmt: skip
