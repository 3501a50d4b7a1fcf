from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from regard.customers.accounts.models import Account, AccountMember, below
from regard.customers.identity.names import ACCOUNT
from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, persons, visible
from regard.warehouse.scope import Scope

_MOST = 2_000
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Listed:
    account: Account
    name: str
    parent: str
    people: int


@dataclass(frozen=True)
class AccountsPage:
    accounts: list[Listed]
    words: str
    total: int
    number: int
    more: bool


def accounts_page(scope: Scope, words: str, number: int, *, per_page: int = 50) -> AccountsPage:
    """Accounts by name. A member of some units sees those at home there, and those of people they may see."""
    found = _accounts(scope)
    if words:
        found = found.filter(
            Q(profile__name__icontains=words) | Q(profile__identifiers__value__icontains=words)
        ).distinct()
    found = found.order_by("profile__name", "id")
    first = (number - 1) * per_page
    if scope.units is None:
        total, page = found.count(), list(found[first : first + per_page])
    else:
        allowed = accounts_visible(scope, list(found[:_MOST]))
        total, page = len(allowed), allowed[first : first + per_page]
    counted = dict(
        AccountMember.objects.filter(account__in=page, until=None)
        .values_list("account")
        .annotate(n=Count("id"))
        .values_list("account", "n")
    )
    rows = [
        Listed(one, str(one), str(one.parent) if one.parent else "", counted.get(one.pk, 0)) for one in page
    ]  # fmt: skip
    return AccountsPage(rows, words, total, number, total > first + per_page)


def account(scope: Scope, id: int) -> Account | None:
    """One account, None when there is none that the scope may see."""
    found = _accounts(scope).filter(pk=id).first() if id < 2**63 else None
    return found if found and accounts_visible(scope, [found]) else None


def accounts_visible(scope: Scope, accounts: list[Account]) -> list[Account]:
    if scope.units is None:
        return accounts
    people: dict[int, set[int]] = {one.pk: {one.profile_id} for one in accounts}
    rows = AccountMember.objects.filter(account__in=people, until=None).annotate(
        customer=Coalesce(F("profile__merged_into"), F("profile"))
    )
    for owner, customer in rows.values_list("account", "customer"):
        people[owner].add(customer)
    seen = visible(scope, {one for some in people.values() for one in some})
    return [one for one in accounts if people[one.pk] & seen]


@dataclass(frozen=True)
class Belongs:
    member: AccountMember
    person: Person


@dataclass(frozen=True)
class AccountPage:
    account: Account
    name: str
    keys: list[str]
    above: list[Account]
    children: list[Account]
    people: list[Belongs]
    former: list[Belongs]
    hidden: int
    traits: list[tuple[str, str]]
    whole: int  # accounts, with all that are part of it


def account_page(scope: Scope, found: Account) -> AccountPage:
    members = list(
        found.members.select_related("profile").order_by(F("until").desc(nulls_first=True), "-since", "-id")[
            :MOST_PEOPLE
        ]
    )
    roots = {one.profile.customer_id for one in members}
    seen = visible(scope, roots)
    people = {one.id: one for one in persons(scope, Profile.objects.filter(pk__in=seen))}
    shown = [Belongs(one, people[one.profile.customer_id]) for one in members if one.profile.customer_id in people]
    traits = [
        (name, str(value))
        for name, value in sorted(found.profile.traits.items())
        if value not in (None, "", [], {}, found.profile.name)
    ]
    return AccountPage(
        account=found,
        name=str(found),
        keys=list(found.profile.identifiers.values_list("value", flat=True)[:5]),
        above=_above(found),
        children=accounts_visible(scope, list(found.children.select_related("profile"))),
        people=[one for one in shown if one.member.until is None],
        former=[one for one in shown if one.member.until],
        hidden=len(roots) - len(seen),
        traits=traits,
        whole=len(below(found.workspace_id, found.pk)),
    )


@dataclass(frozen=True)
class Of:
    """An account that a customer belongs to, or did."""

    account: Account
    name: str
    role: str
    since: datetime
    until: datetime | None


def accounts_of(scope: Scope, profiles: list[int]) -> list[Of]:
    rows = AccountMember.objects.filter(profile__in=profiles).select_related("account__profile")
    return [
        Of(one.account, str(one.account), one.role, one.since, one.until)
        for one in rows
        if one.account.workspace_id == scope.workspace
    ]


def called(scope: Scope, text: str) -> list[Account]:
    """Accounts with exactly this key, else with exactly this name, that the scope may see; a few of them."""
    for way in (
        Q(profile__identifiers__namespace=ACCOUNT, profile__identifiers__value=text), Q(profile__name__iexact=text)
    ):  # fmt: skip
        if found := accounts_visible(scope, list(_accounts(scope).filter(way)[:10])):
            return found
    return []


def account_of(profile: int) -> int | None:
    """The account whose own profile this is."""
    return Account.objects.filter(profile=profile).values_list("pk", flat=True).first()


def names(workspace: int) -> dict[int, str]:
    """Account → name."""
    rows = Account.objects.filter(workspace_id=workspace).values_list("pk", "profile__name")
    return {id: name or f"#{id}" for id, name in rows}


def _accounts(scope: Scope) -> QuerySet[Account]:
    return Account.objects.filter(workspace_id=scope.workspace).select_related("profile", "parent__profile")


def _above(found: Account) -> list[Account]:
    chain: list[Account] = []
    here = found.parent
    while here is not None and here not in chain and len(chain) < 20:
        chain.append(here)
        here = here.parent
    return chain[::-1]
