"""Reading people: the list, the search, one person. Who may see whom is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from regard.customers.identity.models import Identifier
from regard.customers.identity.names import EMAIL, PHONE, normalised, titled
from regard.customers.people.models import Profile
from regard.customers.people.slots import SLOTS
from regard.warehouse.scope import Scope

_MOST_CANDIDATES = 2_000


@dataclass(frozen=True)
class Known:
    """One identifier, as shown."""

    namespace: str
    value: str

    @property
    def kind(self) -> str:
        return titled(self.namespace)


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    known_as: tuple[Known, ...]
    traits: dict[str, object]
    home_unit: str
    created: datetime

    @property
    def title(self) -> str:
        """A name, else the best-known identifier, else a number."""
        return self.name or next(
            (known.value for known in self.known_as if known.namespace != "anonymous"), f"#{self.id}"
        )


def search(scope: Scope, text: str = "", *, limit: int = 50, offset: int = 0) -> list[Person]:
    """Customers the scope may see, newest contact first; `text` is looked for in names and identifiers."""
    text = text.replace("\0", "").strip()[:200]
    if not text:
        if recent := SLOTS.recent(scope, limit, offset):
            return _in_order(scope, recent)
        if offset and SLOTS.recent(scope, 1, 0):
            return []  # past the last contact; people without any are found by searching
        if scope.units is not None:
            at_home = _customers(scope).filter(home_unit__in=scope.units)
            return persons(at_home.order_by("-id")[offset : offset + limit])
        return persons(_customers(scope).order_by("-id")[offset : offset + limit])
    wanted = Q(name__icontains=text) | Q(pk__in=_owners(scope, text))
    found = _customers(scope).filter(wanted).order_by("name", "-id")
    if scope.units is None:
        return persons(found[offset : offset + limit])
    candidates = list(found[:_MOST_CANDIDATES])
    allowed = visible(scope, (profile.pk for profile in candidates))
    return persons([profile for profile in candidates if profile.pk in allowed][offset : offset + limit])


def person(scope: Scope, id: int) -> Person | None:
    """A customer, found by any of their profiles; None when there is none that the scope may see."""
    profile = Profile.objects.filter(workspace_id=scope.workspace, pk=id).first()
    if profile is None:
        return None
    customer = Profile.objects.get(pk=profile.customer_id)
    if customer.pk not in visible(scope, [customer.pk]):
        return None
    return persons([customer])[0]


def visible(scope: Scope, customers: Iterable[int]) -> set[int]:
    """Which of these customers the scope may see: their home unit, or any of their rows, is in it."""
    wanted = set(customers)
    if scope.units is None:
        return wanted
    home = set(Profile.objects.filter(pk__in=wanted, home_unit__in=scope.units).values_list("pk", flat=True))
    rest = wanted - home
    merged = dict(Profile.objects.filter(merged_into__in=rest).values_list("pk", "merged_into_id"))
    seen = SLOTS.seen(scope, [*rest, *merged])
    return home | {merged.get(profile, profile) for profile in seen}


def persons(profiles: Iterable[Profile]) -> list[Person]:
    """With their identifiers (those of merged profiles too) and home units, in the order given."""
    found = list(profiles)
    ids = [profile.pk for profile in found]
    known: dict[int, list[Known]] = {id: [] for id in ids}
    rows = Identifier.objects.filter(Q(profile__in=ids) | Q(profile__merged_into__in=ids)).values_list(
        "profile__merged_into", "profile", "namespace", "value"
    )
    for merged_into, profile, namespace, value in rows:
        known[merged_into or profile].append(Known(namespace, value))
    units = dict(Profile.objects.filter(pk__in=ids).values_list("pk", "home_unit__name"))
    return [
        Person(p.pk, p.name, tuple(known[p.pk]), p.traits, units.get(p.pk) or "", p.created)
        for p in found
    ]  # fmt: skip


def heard_of(scope: Scope, customers: Iterable[int]) -> dict[int, datetime]:
    """When each of these customers, merged profiles included, was last heard of."""
    ids = list(customers)
    merged = dict(Profile.objects.filter(merged_into__in=ids).values_list("pk", "merged_into_id"))
    heard: dict[int, datetime] = {}
    for profile, at in SLOTS.last_seen(scope, [*ids, *merged]).items():
        customer = merged.get(profile) or profile
        heard[customer] = max(at, heard.get(customer, at))
    return heard


def count(scope: Scope) -> int:
    return _customers(scope).count()


def _customers(scope: Scope) -> QuerySet[Profile]:
    return Profile.objects.within(scope).customers()


def _owners(scope: Scope, text: str) -> list[int]:
    spellings = {text, normalised(EMAIL, text), normalised(PHONE, text)} - {""}
    exact = Q(value__in=spellings) | Q(value__startswith=text)
    rows = Identifier.objects.filter(exact, workspace_id=scope.workspace).values_list(
        "profile__merged_into", "profile"
    )[:_MOST_CANDIDATES]
    return [merged or profile for merged, profile in rows]


def _in_order(scope: Scope, profiles: list[int]) -> list[Person]:
    roots = dict(
        Profile.objects.filter(workspace_id=scope.workspace, pk__in=profiles, is_account=False).values_list(
            "pk", "merged_into_id"
        )
    )
    order = list(dict.fromkeys(roots[profile] or profile for profile in profiles if profile in roots))
    found = {profile.pk: profile for profile in Profile.objects.filter(pk__in=order)}
    return persons(found[id] for id in order if id in found)
