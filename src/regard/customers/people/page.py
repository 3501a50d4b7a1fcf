"""What the pages about people show, from what the queries found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from regard.customers.people.listing import COLUMNS, Listing
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import Person, count, everybody, heard_of, in_order, merged_profiles
from regard.customers.people.slots import SLOTS, Fact, Panel, Tag, Worked
from regard.customers.search.queries import MOST_BY_WORDS, SaidBy, said, search
from regard.customers.traits.models import Trait
from regard.customers.traits.shown import shown
from regard.warehouse import WarehouseAway
from regard.warehouse.scope import Scope
from regard.web import numbers
from regard.workspace.members.models import Member

PER_PAGE = 50
_QUOTES = 5
_SCORES = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Rows:
    """Some customers of a list, and where it goes on ("" at its end)."""

    people: list[Person]
    next: str
    narrow: bool = False  # ClickHouse did not answer: beginnings and whole keys alone were looked for
    found: int | None = None  # by words: how many in all


def rows(scope: Scope, listing: Listing, after: str = "", *, limit: int = PER_PAGE) -> Rows:
    begin = int(after) if after.isdecimal() else 0
    if listing.words:
        hits = search(scope, listing.words)
        people = list(hits.people)
        if listing.filtered and people:
            fit = set(SLOTS.listed(scope, listing, len(people), 0, [person.id for person in people]))
            people = [person for person in people if person.id in fit]
        more = len(people) > begin + limit
        return Rows(people[begin : begin + limit], str(begin + limit) if more else "", hits.narrow, len(people))
    if not listing.filtered and listing.sort == "heard":
        return Rows(*everybody(scope, after, limit))
    ids = SLOTS.listed(scope, listing, limit + 1, begin, None)
    return Rows(in_order(scope, ids[:limit]), str(begin + limit) if len(ids) > limit else "")


@dataclass(frozen=True)
class Row:
    person: Person
    cells: list[tuple[str, str]]  # the column's title and what stands there


@dataclass(frozen=True)
class PeoplePage:
    """One screen of people. `total` is None where counting would mean looking at everybody."""

    listing: Listing
    rows: list[Row]
    titles: list[str]
    total: int | None
    found: int | None
    questions: int  # about who is who
    duplicates: int | None  # pairs proposed; None for who may not decide, or not about everybody
    first: bool
    next: str
    narrow: bool
    quotes: list[SaidBy] = field(default_factory=list)

    @property
    def many(self) -> bool:
        """More may be known by these words than are shown."""
        return self.found is not None and self.found >= MOST_BY_WORDS


def people_page(scope: Scope, listing: Listing, after: str, *, may_decide: bool) -> PeoplePage:
    found = rows(scope, listing, after)
    quotes, silent = (
        _quotes(scope, listing.words) if listing.words and not after and not found.narrow else ([], found.narrow)
    )
    return PeoplePage(
        listing=listing, rows=filled(scope, listing, found.people), titles=titles(listing), total=_total(scope, listing),
        found=found.found, questions=SLOTS.questions(scope) if may_decide else 0,
        duplicates=SLOTS.duplicates(scope.workspace) if may_decide and scope.units is None else None,
        first=not after, next=found.next, narrow=silent, quotes=quotes,
    )  # fmt: skip


def _total(scope: Scope, listing: Listing) -> int | None:
    if listing.words:
        return None
    if listing.filtered:
        return SLOTS.number(scope, listing)
    return count(scope) if scope.units is None else None


def _quotes(scope: Scope, words: str) -> tuple[list[SaidBy], bool]:
    """What was said with these words, and whether ClickHouse could not be asked."""
    try:
        return said(scope, words, limit=_QUOTES), False
    except WarehouseAway:
        return [], True


def titles(listing: Listing) -> list[str]:
    return [str(COLUMNS.get(column, column.removeprefix("trait:"))) for column in listing.columns]


def filled(scope: Scope, listing: Listing, people: list[Person], *, plain: bool = False) -> list[Row]:
    """Each customer with what the columns show; what ClickHouse would say is left empty while it is away.

    `plain`: for programs to read, what was worked out is without units and separators.
    """
    asked = _Asked(scope, people, plain)
    named = titles(listing)
    return [
        Row(person, [(title, asked.cell(column, person)) for title, column in zip(named, listing.columns, strict=True)])
        for person in people
    ]


def worked_out(scope: Scope, customers: list[int]) -> dict[int, dict[str, Worked]]:
    """Each customer's computed traits by name; nothing is known of them while ClickHouse is away."""
    try:
        return SLOTS.computed(scope, customers)
    except WarehouseAway:
        return {}


class _Asked:
    """What columns show, each kind asked for once and only when a column wants it."""

    def __init__(self, scope: Scope, people: list[Person], plain: bool) -> None:
        self._scope, self._ids, self._plain = scope, [person.id for person in people], plain
        self._computed: dict[int, dict[str, Worked]] | None = None
        self._heard: dict[int, datetime] | None = None
        self._scores: dict[int, dict[str, tuple[float, datetime]]] | None = None
        self._groups: dict[int, list[str]] | None = None
        self._catalogue: dict[str, Trait] | None = None

    def cell(self, column: str, person: Person) -> str:
        if column == "keys":
            return " · ".join(known.value[:60] for known in person.known_as[:3])
        if column == "unit":
            return person.home_unit
        if column == "seen":
            return numbers.ago(person.created)
        if column == "heard":
            at = self.heard().get(person.id)
            return numbers.ago(at) if at else "–"
        if column == "groups":
            return ", ".join(self.groups().get(person.id, ()))
        if column in _SCORES:
            score = self.scores().get(person.id, {}).get(column)
            return numbers.decimal(score[0], 0 if score[0] == int(score[0]) else 1) if score else "–"
        name = column.removeprefix("trait:")
        if worked := self.computed().get(person.id, {}).get(name):
            return worked.text if not self._plain else shown(worked.value)
        return shown(person.traits.get(name, ""), None if self._plain else self.catalogue().get(name))

    def catalogue(self) -> dict[str, Trait]:
        if self._catalogue is None:
            self._catalogue = Trait.of(self._scope.workspace)
        return self._catalogue

    def computed(self) -> dict[int, dict[str, Worked]]:
        if self._computed is None:
            self._computed = worked_out(self._scope, self._ids)
        return self._computed

    def heard(self) -> dict[int, datetime]:
        if self._heard is None:
            try:
                self._heard = heard_of(self._scope, self._ids)
            except WarehouseAway:
                self._heard = {}
        return self._heard

    def scores(self) -> dict[int, dict[str, tuple[float, datetime]]]:
        """Of each customer, merged profiles included, the newest score of each metric."""
        if self._scores is None:
            merged = merged_profiles(self._ids)
            self._scores = {}
            try:
                found = SLOTS.scores(self._scope, [*self._ids, *merged])
            except WarehouseAway:
                found = {}
            for profile, metrics in found.items():
                mine = self._scores.setdefault(merged.get(profile, profile), {})
                for metric, (score, at) in metrics.items():
                    if metric not in mine or at > mine[metric][1]:
                        mine[metric] = (score, at)
        return self._scores

    def groups(self) -> dict[int, list[str]]:
        if self._groups is None:
            try:
                self._groups = SLOTS.groups_of(self._scope, self._ids)
            except WarehouseAway:
                self._groups = {}
        return self._groups


@dataclass(frozen=True)
class Slot:
    """A panel of another feature, and where it is fetched from."""

    name: str
    href: str
    wide: bool


@dataclass(frozen=True)
class CustomerPage:
    person: Person
    tags: list[Tag]
    facts: list[Fact]
    actions: list[Door]
    slots: list[Slot]


@dataclass(frozen=True)
class Door:
    label: str
    href: str


def customer_page(member: Member, scope: Scope, person: Person) -> CustomerPage:
    slots = slots_of(member, scope.workspace, person.id)
    mine = profile_ids([person.id])
    glances = [told for tell in SLOTS.glances for told in tell(scope, person.id, mine)]
    actions = [
        Door(str(one.label), reverse(one.route, args=[person.id])) for one in SLOTS.actions if member.may(one.right)
    ]  # fmt: skip
    return CustomerPage(
        person, [one for one in glances if isinstance(one, Tag)], [one for one in glances if isinstance(one, Fact)], actions, slots
    )  # fmt: skip


def slots_of(member: Member, workspace: int, customer: int, *, in_cases: bool = False) -> list[Slot]:
    """Panels of other features; `in_cases`: those that stand with a case of theirs."""
    panels = [one for one in SLOTS.panels if member.may(one.right) and one.some(workspace) and (one.in_cases or not in_cases)]
    return [slot for panel in panels if (slot := _slot(panel, customer))]


def _slot(panel: Panel, customer: int) -> Slot | None:
    try:
        return Slot(panel.name, reverse(panel.route, args=[customer]), panel.wide)
    except NoReverseMatch:
        return None
