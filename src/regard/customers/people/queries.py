"""Reading people: the list, the search, one person. Who may see whom is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from regard.customers.identity.names import titled
from regard.customers.people.masking import masked_name, masked_traits, masked_value
from regard.customers.people.models import Profile
from regard.customers.people.slots import SLOTS
from regard.customers.traits.models import Trait
from regard.warehouse.scope import Scope

#: Begins the place in a list from which nobody has been heard of.
_UNHEARD = "~"


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


def person(scope: Scope, id: int) -> Person | None:
    """A customer, found by any of their profiles; None when there is none that the scope may see."""
    profile = Profile.objects.filter(workspace_id=scope.workspace, pk=id).first()
    if profile is None:
        return None
    customer = Profile.objects.get(pk=profile.customer_id)
    if customer.pk not in visible(scope, [customer.pk]):
        return None
    return persons(scope, [customer])[0]


def visible(scope: Scope, customers: Iterable[int]) -> set[int]:
    """Which of these customers the scope may see: their home unit, or any of their rows, is in it."""
    wanted = set(customers)
    if scope.units is None:
        return wanted
    home = set(Profile.objects.filter(pk__in=wanted, home_unit__in=scope.units).values_list("pk", flat=True))
    rest = wanted - home
    merged = merged_profiles(rest)
    seen = SLOTS.seen(scope, [*rest, *merged])
    return home | {merged.get(profile, profile) for profile in seen}


def persons(scope: Scope, profiles: Iterable[Profile]) -> list[Person]:
    """With their identifiers (those of merged profiles too) and home units, in the order given."""
    return by_id(scope, (profile.pk for profile in profiles))


_PEOPLE = """
select p.id, p.name, p.traits::text, coalesce(u.name, ''), p.created
from customers_profile p left join workspace_unit u on u.id = p.home_unit_id where p.id = any(%s)
"""
_KNOWN = """
select coalesce(p.merged_into_id, p.id), i.namespace, i.value from customers_profile p join customers_identifier i on i.profile_id = p.id
where p.id = any(%s) or p.merged_into_id = any(%s) order by i.namespace, i.id
"""


def by_id(scope: Scope, customers: Iterable[int]) -> list[Person]:
    """Customers in the order given. The caller knows that they may be seen; a masked reader sees of them what a mask leaves."""
    people = whole(customers)
    return masked(scope.workspace, people) if scope.masked else people


def masked(workspace: int, people: list[Person]) -> list[Person]:
    entered = Trait.objects.filter(workspace_id=workspace, personal__isnull=False).values_list("name", "personal")
    personal = {name: bool(told) for name, told in entered}
    return [
        replace(
            person, name=masked_name(person.name), traits=masked_traits(person.traits, personal),
            known_as=tuple(Known(one.namespace, masked_value(one.value)) for one in person.known_as),
        )
        for person in people
    ]  # fmt: skip


def whole(customers: Iterable[int]) -> list[Person]:
    """As they are, whoever reads: for work inside, never for a page."""
    ids = list(customers)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [ids])
        found = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(_KNOWN, [ids, ids])
        known: dict[int, list[Known]] = {}
        for customer, namespace, value in cursor.fetchall():
            known.setdefault(customer, []).append(Known(namespace, value))
    return [
        Person(id, name, tuple(known.get(id, ())), json.loads(traits), unit, created)
        for id, name, traits, unit, created in (found[id] for id in ids if id in found)
    ]


def roots(scope: Scope, profiles: Iterable[int]) -> dict[int, int]:
    """Whose these profiles are today; those that are gone, and accounts, are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, coalesce(merged_into_id, id) from customers_profile "
            "where workspace_id = %s and id = any(%s) and not is_account",
            [scope.workspace, list(profiles)],
        )
        return dict(cursor.fetchall())


def merged_profiles(customers: Iterable[int]) -> dict[int, int]:
    """Profiles that were merged into these customers, and into which."""
    return dict(Profile.objects.filter(merged_into__in=list(customers)).values_list("pk", "merged_into_id"))


def heard_of(scope: Scope, customers: Iterable[int]) -> dict[int, datetime]:
    """When each of these customers, merged profiles included, was last heard of."""
    ids = list(customers)
    merged = merged_profiles(ids)
    heard: dict[int, datetime] = {}
    for profile, at in SLOTS.last_seen(scope, [*ids, *merged]).items():
        customer = merged.get(profile) or profile
        heard[customer] = max(at, heard.get(customer, at))
    return heard


def count(scope: Scope) -> int:
    return _customers(scope).count()


def _customers(scope: Scope) -> QuerySet[Profile]:
    return Profile.objects.within(scope).customers()


def in_order(scope: Scope, profiles: Iterable[int]) -> list[Person]:
    """The customers whose profiles these are today, each once, in the order given."""
    listed = list(profiles)
    customers = roots(scope, listed)
    return by_id(scope, dict.fromkeys(customers[profile] for profile in listed if profile in customers))


def everybody(scope: Scope, after: str, limit: int) -> tuple[list[Person], str]:
    """Customers of the scope, the last heard of first, then those who have not been heard of, the newest first; and where it goes on.

    `after` is "" or what an earlier call gave.
    """
    begin = int(after) if after.isdecimal() else 0
    heard = [] if after.startswith(_UNHEARD) else SLOTS.recent(scope, limit + 1, begin)
    if len(heard) > limit:
        return in_order(scope, heard[:limit]), str(begin + limit)
    before = int(after.removeprefix(_UNHEARD)) if after.startswith(_UNHEARD) else 2**63
    rest = SLOTS.unheard(scope, before, limit - len(heard) + 1)
    room = limit - len(heard)
    following = f"{_UNHEARD}{rest[room - 1] if room else 2**63}" if len(rest) > room else ""
    return in_order(scope, [*heard, *rest[:room]]), following
