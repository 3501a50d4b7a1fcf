"""What the pages about people show, from what the queries found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from regard.customers.people.models import profile_ids
from regard.customers.people.queries import Person, count, heard_of, search
from regard.customers.people.slots import SLOTS, Fact, Panel, Tag
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member

PER_PAGE = 50


@dataclass(frozen=True)
class PeoplePage:
    """One screen of people. `total` is None where counting would mean looking at everybody."""

    people: list[tuple[Person, datetime | None]]  # with when they were last heard of
    words: str
    total: int | None
    questions: int  # about who is who
    duplicates: int | None  # pairs proposed; None for who may not decide, or not about everybody
    number: int
    more: bool


def people_page(scope: Scope, words: str, number: int, *, may_decide: bool) -> PeoplePage:
    found = search(scope, words, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    total = count(scope) if scope.units is None and not words else None
    heard = heard_of(scope, (person.id for person in found[:PER_PAGE]))
    people = [(person, heard.get(person.id)) for person in found[:PER_PAGE]]
    asked = SLOTS.questions(scope) if may_decide else 0
    proposed = SLOTS.duplicates(scope.workspace) if may_decide and scope.units is None else None
    return PeoplePage(people, words, total, asked, proposed, number, len(found) > PER_PAGE)


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
    traits: list[tuple[str, str]]
    slots: list[Slot]


@dataclass(frozen=True)
class Door:
    label: str
    href: str


def customer_page(member: Member, scope: Scope, person: Person) -> CustomerPage:
    told = {person.name, *(one.value for one in person.known_as)}  # what stands above already
    traits = sorted(
        (name, _written(value))
        for name, value in person.traits.items()
        if value not in (None, "", [], {}) and str(value) not in told
    )
    slots = [slot for panel in SLOTS.panels if member.may(panel.right) and (slot := _slot(panel, person.id))]
    mine = profile_ids([person.id])
    glances = [told for tell in SLOTS.glances for told in tell(scope, person.id, mine)]
    actions = [
        Door(str(one.label), reverse(one.route, args=[person.id])) for one in SLOTS.actions if member.may(one.right)
    ]  # fmt: skip
    return CustomerPage(
        person, [one for one in glances if isinstance(one, Tag)], [one for one in glances if isinstance(one, Fact)], actions, traits, slots
    )  # fmt: skip


def _slot(panel: Panel, customer: int) -> Slot | None:
    try:
        return Slot(panel.name, reverse(panel.route, args=[customer]), panel.wide)
    except NoReverseMatch:
        return None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
