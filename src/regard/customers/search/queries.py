"""The search: exact keys from PostgreSQL, the rest from the words in ClickHouse, ranked by what is true of each customer now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q

from regard.customers.identity.models import Identifier
from regard.customers.identity.names import EMAIL, PHONE
from regard.customers.identity.owners import namespaces
from regard.customers.identity.rules import Rules
from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, by_id, masked, roots, visible, whole
from regard.customers.people.slots import SLOTS, Found, Quote
from regard.customers.search.rank import rank
from regard.warehouse import WarehouseAway
from regard.warehouse.scope import Scope

LONGEST = 200
#: What is a whole key of somebody and looks like one is looked for no further.
_KEY = re.compile(r"[\d@]")
_MOST_BY_START = 200
#: Who fits any worse is not looked at.
MOST_BY_WORDS = 100
_MOST_QUOTES = 50


@dataclass(frozen=True)
class Hits:
    people: tuple[Person, ...]
    #: ClickHouse did not answer: only whole keys and beginnings were looked for.
    narrow: bool = False


def search(scope: Scope, text: str) -> Hits:
    """Customers the scope may see, the best first: a whole key, a name, the beginning of one, words, words with typos. A hundred at most."""
    text = cleaned(text)
    if not text:
        return Hits(())
    exact, narrow = _owners(scope, text), False
    named = _named(scope, text)  # also those who have come in this second
    try:
        found = Found() if exact and _KEY.search(text) else SLOTS.find(scope, text)
    except WarehouseAway:
        found, narrow = Found(tuple(_keyed(scope, text))), True
    whose = roots(scope, [*exact, *named, *found.profiles])
    people = whole(_visible(scope, set(whose.values())))
    keyed = {whose[profile] for profile in exact if profile in whose}
    ranked = [
        (place, person)
        for person in people
        if (place := rank(person, text, found.meant, by_key=person.id in keyed)) is not None
    ]
    ranked.sort(key=lambda one: (one[0], one[1].id))
    best = [person for _place, person in ranked[:MOST_BY_WORDS]]
    return Hits(tuple(masked(scope.workspace, best) if scope.masked else best), narrow)


@dataclass(frozen=True)
class SaidBy:
    person: Person
    quote: Quote


def said(scope: Scope, text: str, *, limit: int) -> list[SaidBy]:
    """What was said with these words by whom, in rows that the scope may see; the newest first."""
    quotes = SLOTS.said(scope, cleaned(text), min(limit, _MOST_QUOTES))
    whose = roots(scope, [quote.profile for quote in quotes])
    people = {person.id: person for person in by_id(scope, set(whose.values()))}
    return [SaidBy(people[whose[quote.profile]], quote) for quote in quotes if quote.profile in whose]


def cleaned(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())[:LONGEST]


def _visible(scope: Scope, customers: set[int]) -> set[int]:
    try:
        return visible(scope, customers)
    except WarehouseAway:  # whose rows are in the scope is not known now: only who is at home there
        return set(
            Profile.objects.filter(pk__in=customers, home_unit__in=scope.units or ()).values_list("pk", flat=True)
        )


def _owners(scope: Scope, text: str) -> list[int]:
    rules = Rules.of(scope.workspace)
    spellings = {text, rules.normalised(EMAIL, text), rules.normalised(PHONE, text)} - {""}
    rows = Identifier.objects.filter(
        workspace_id=scope.workspace, namespace__in=namespaces(scope), value__in=spellings, shared=None
    )
    return list(rows.values_list("profile_id", flat=True)[:_MOST_BY_START])


def _named(scope: Scope, text: str) -> list[int]:
    """By the beginning of the name as it is written, case aside."""
    names = Profile.objects.within(scope).customers().filter(~Q(name=""), name__istartswith=text)
    return list(names.values_list("pk", flat=True)[:_MOST_BY_START])


def _keyed(scope: Scope, text: str) -> list[int]:
    keys = Identifier.objects.filter(
        workspace_id=scope.workspace, namespace__in=namespaces(scope), value__startswith=text, shared=None
    )
    return list(keys.values_list("profile_id", flat=True)[:_MOST_BY_START])
