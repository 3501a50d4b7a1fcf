from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.customers.accounts.belong import found_account, put_in
from regard.customers.accounts.models import Account, AccountRefused
from regard.customers.accounts.queries import account, account_page, accounts_page
from regard.customers.people.api import find as find_customer
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["accounts"])
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]


class AccountOut(Schema):
    id: int
    name: str
    kind: str
    parent: int | None
    people: int = Field(description="who belong to it today")


class AccountsOut(Schema):
    items: list[AccountOut]
    total: int
    next: int | None = Field(None, description="give it as `page` for what follows; null at the end")


class BelongsOut(Schema):
    customer: int
    name: str
    role: str
    since: datetime
    until: datetime | None


class WholeAccountOut(Schema):
    id: int
    name: str
    kind: str
    parent: int | None
    keys: list[str]
    traits: dict[str, Any]
    children: list[int]
    members: list[BelongsOut]
    hidden: int = Field(description="people at units that the key may not see")


class AccountIn(Schema):
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=200)]
    kind: Literal["business", "household"] = "business"
    key: Text = Field("", description="what events call it: groupId")
    parent: int | None = Field(None, ge=1, lt=2**63)


class MemberIn(Schema):
    customer: int = Field(ge=1, lt=2**63)
    role: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=80)] = ""


@router.get("", response=AccountsOut, summary="Accounts by name")
def index(
    request: HttpRequest,
    search: str = FromUrl("", max_length=200, pattern=r"^[^\x00]*$", description="in names and keys"),
    page: int = FromUrl(1, ge=1, le=100_000),
    limit: int = FromUrl(50, ge=1, le=500),
) -> dict[str, Any]:
    found = accounts_page(caller(request).scope, search, page, per_page=limit)
    items = [{**_shown(one.account), "people": one.people} for one in found.accounts]
    return {"items": items, "total": found.total, "next": page + 1 if found.more else None}


@router.get("/{int:id}", response=WholeAccountOut, summary="One account and who belongs to it")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    return _whole(request, _find(request, id))


@router.post("", auth=KeyAuth(write=True), response={201: WholeAccountOut}, summary="Make an account")
def add(request: HttpRequest, given: AccountIn) -> tuple[int, dict[str, Any]]:
    who = caller(request)
    parent = None if given.parent is None else _find(request, given.parent)
    try:
        with transaction.atomic():
            made = found_account(
                workspace=who.workspace.pk, name=given.name, kind=given.kind, key=given.key.strip(), parent=parent, by=who.id
            )  # fmt: skip
    except AccountRefused:
        raise HttpError(409, "Another account has this key.") from None
    return 201, _whole(request, made)


@router.post(
    "/{int:id}/members", auth=KeyAuth(write=True), response=WholeAccountOut, summary="Let a customer belong to it"
)
def join(request: HttpRequest, id: int, given: MemberIn) -> dict[str, Any]:
    """For one who belongs to it already, the role is changed."""
    found, customer = _find(request, id), find_customer(request, given.customer)
    if customer.id == found.profile_id:
        raise HttpError(409, "That is the account itself.")
    put_in(found, customer.id, role=given.role, by=caller(request).id)
    return _whole(request, found)


@router.delete(
    "/{int:id}/members/{int:customer}", auth=KeyAuth(write=True), response=WholeAccountOut, summary="They left"
)
def leave(request: HttpRequest, id: int, customer: int) -> dict[str, Any]:
    found, who = _find(request, id), find_customer(request, customer)
    for member in found.members.filter(until=None):
        if who.id in (member.profile_id, member.profile.customer_id):
            member.leave(by=caller(request).id)
    return _whole(request, found)


def _find(request: HttpRequest, id: int) -> Account:
    found = account(caller(request).scope, id)
    if found is None:
        raise Http404
    return found


def _shown(one: Account) -> dict[str, Any]:
    return {"id": one.pk, "name": str(one), "kind": one.kind, "parent": one.parent_id}


def _whole(request: HttpRequest, found: Account) -> dict[str, Any]:
    page = account_page(caller(request).scope, found)
    members = [
        {
            "customer": one.person.id,
            "name": one.person.name,
            "role": one.member.role,
            "since": one.member.since,
            "until": one.member.until,
        }
        for one in (*page.people, *page.former)
    ]
    return {
        **_shown(found), "keys": page.keys, "traits": found.profile.traits, "children": [one.pk for one in page.children],
        "members": members, "hidden": page.hidden,
    }  # fmt: skip
