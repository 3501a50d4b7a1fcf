"""Reading traits: what is believed of a customer, who says so, what it was before; and the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from regard.customers.people.masking import is_personal
from regard.customers.people.models import Profile
from regard.customers.people.slots import SLOTS
from regard.customers.traits.fold import zone_of
from regard.customers.traits.models import BY_HAND, Trait
from regard.customers.traits.shown import shown
from regard.customers.traits.words import HOME_UNIT, NAME, ORDER, bound, values_said, words
from regard.warehouse import WarehouseAway
from regard.warehouse.scope import Scope

_SAID = f"""
select key, raw::text, value::text, source, since, nullif(until, 'infinity'),
    until = 'infinity' and value is not null and row_number() over (partition by key, until = 'infinity' and value is not null order by {ORDER}) = 1
from ({words(past=True)}) said where not key = any(%(skipped)s) order by key, until desc, since desc
"""


@dataclass(frozen=True)
class Word:
    """What a source says of a customer's trait, or said until it said something else."""

    value: str
    source: int
    who: str
    since: datetime
    until: datetime | None
    believed: bool
    fits: bool


@dataclass
class Told:
    """One trait of a customer: what is believed, and every word about it."""

    name: str
    title: str
    words: list[Word] = field(default_factory=list)
    personal: bool = False

    @property
    def believed(self) -> Word | None:
        return next((word for word in self.words if word.believed), None)

    @property
    def others(self) -> list[Word]:
        """What sources say now that is not believed, or is no other than what is."""
        return [word for word in self.words if word.until is None and not word.believed]

    @property
    def past(self) -> list[Word]:
        return [word for word in self.words if word.until is not None]

    @property
    def by_hand(self) -> bool:
        return any(word.source == BY_HAND and word.until is None and word.value for word in self.words)


def told_of(scope: Scope, customer: int) -> list[Told]:
    """Every trait of a customer, in the order of their titles. A masked reader sees of personal ones that there is something."""
    catalogue = Trait.of(scope.workspace)
    values = bound(scope.workspace, [customer], zone_of(scope.workspace)) | {"skipped": [NAME, HOME_UNIT]}
    with connection.cursor() as cursor:
        cursor.execute(_SAID, values)
        rows = cursor.fetchall()
    names = source_names(scope.workspace, {source for *_, source, _since, _until, _believed in rows})
    found: dict[str, Told] = {}
    for name, raw, value, source, since, until, believed in rows:
        trait = catalogue.get(name)
        told = found.setdefault(name, Told(name, titled(name, catalogue), personal=personal(name, catalogue)))
        text = shown(json.loads(raw if value is None else value), trait)
        if told.personal and scope.masked and text:
            text = "…"
        told.words.append(
            Word(text, source, names.get(source, _("a source that is gone")), since, until, believed, value is not None)
        )
    return sorted(found.values(), key=lambda told: told.title.casefold())


def titled(name: str, catalogue: dict[str, Trait]) -> str:
    """As people read it: `customer_since` → `customer since`, unless the catalogue has a title."""
    return str(catalogue[name]) if name in catalogue and catalogue[name].title else name.replace("_", " ")


def personal(name: str, catalogue: dict[str, Trait]) -> bool:
    """Whether a trait says who somebody is: as the catalogue has it, else by its name."""
    trait = catalogue.get(name)
    return is_personal(name) if trait is None or trait.personal is None else trait.personal


def source_names(workspace: int, sources: Iterable[int]) -> dict[int, str]:
    return SLOTS.source_names(workspace, [one for one in sources if one != BY_HAND]) | {BY_HAND: _("written by hand")}


def known_names(scope: Scope) -> list[str]:
    """Traits to choose from: those of the catalogue, then those that customers have."""
    entered = list(Trait.of(scope.workspace))
    try:
        return list(dict.fromkeys([*entered, *SLOTS.trait_names(scope)]))
    except WarehouseAway:
        return entered


def unknown_names(scope: Scope, names: Sequence[str]) -> list[str]:
    """Of these those that neither the catalogue nor any customer has. Customers are looked through only for what is not among the commonest."""
    missing = set(names).difference(known_names(scope)) if names else set()
    people = Profile.objects.filter(workspace=scope.workspace)
    return [name for name in dict.fromkeys(names) if name in missing and not people.filter(traits__has_key=name).exists()]


@dataclass(frozen=True)
class Entry:
    """A line of the catalogue: a trait that customers have, with or without a kind."""

    name: str
    title: str
    kind: str
    known_of: int
    personal: bool
    own_trust: bool
    entered: bool


@dataclass(frozen=True)
class Catalogue:
    entries: list[Entry]
    away: bool  # ClickHouse did not say what customers have

    @property
    def entered(self) -> int:
        return sum(entry.entered for entry in self.entries)


def catalogue(scope: Scope) -> Catalogue:
    """What is entered and what customers have, the commonest first."""
    entered, away = Trait.of(scope.workspace), False
    try:
        known = SLOTS.trait_counts(scope)
    except WarehouseAway:
        known, away = {}, True
    names = [*known, *(name for name in entered if name not in known)]
    return Catalogue([_entry(name, entered, known.get(name, 0)) for name in names], away)


def _entry(name: str, entered: dict[str, Trait], known_of: int) -> Entry:
    trait = entered.get(name)
    return Entry(
        name, str(trait) if trait else name, str(trait.get_kind_display()) if trait else "", known_of, personal(name, entered),
        bool(trait and trait.trust), trait is not None,
    )  # fmt: skip


#: More words are not looked at while somebody waits: whether a kind fits is seen before that.
_MOST_WORDS = 200_000
_FITS = f"""
select left(raw #>> '{{}}', 100), value is not null, number from ({values_said(_MOST_WORDS)}) said where raw != 'null' order by number desc
"""


@dataclass(frozen=True)
class Fit:
    """How many words about a trait fit a kind, of how many, and the commonest that do not."""

    fitting: int
    all: int
    not_fitting: list[tuple[str, int]]

    @property
    def whole(self) -> bool:
        """Every word was looked at."""
        return self.all < _MOST_WORDS


def fit(workspace: int, trait: Trait) -> Fit:
    """As if the trait were of this kind: for whoever is about to say so."""
    values: dict[str, Any] = bound(workspace, [], zone_of(workspace), instead=trait) | {"name": trait.name}
    with connection.cursor() as cursor:
        cursor.execute(_FITS, values)
        rows = cursor.fetchall()
    wrong = [(text, count) for text, fits, count in rows if not fits]
    return Fit(sum(count for _text, fits, count in rows if fits), sum(count for _text, _fits, count in rows), wrong[:5])
