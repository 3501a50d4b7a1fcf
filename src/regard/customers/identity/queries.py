"""Reading who is who: the questions that wait for a person, and how one customer came to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from regard.customers.identity.graph import clusters
from regard.customers.identity.models import Identifier, Link, Merge
from regard.customers.identity.names import ANONYMOUS, EMAIL, PHONE, titled
from regard.customers.people.masking import masked_value
from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, heard_of, persons, visible
from regard.warehouse.scope import Scope

#: Links looked at for one page of questions: the oldest come first, so that none waits for ever.
_MOST_LINKS = 5_000
#: Customers of one question that are shown beside each other.
MOST_BESIDE = 6


@dataclass(frozen=True)
class Claimant:
    person: Person
    heard: datetime | None


@dataclass(frozen=True)
class Evidence:
    """What they were seen with."""

    namespace: str
    value: str

    @property
    def kind(self) -> str:
        return titled(self.namespace)


@dataclass(frozen=True)
class Question:
    """Customers who may be one person, and why someone has to say so."""

    customers: tuple[int, ...]
    claimants: tuple[Claimant, ...]
    evidence: tuple[Evidence, ...]
    opened: datetime

    @property
    def more(self) -> int:
        return len(self.customers) - len(self.claimants)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Traits that at least two of them have, side by side; those that differ first."""
        traits = [claimant.person.traits for claimant in self.claimants]
        names = sorted(
            {name for one in traits for name in one if sum(name in other for other in traits) > 1} - {EMAIL, PHONE}
        )
        rows = [(name, [str(one.get(name, "–")) for one in traits]) for name in names]
        return sorted(rows, key=lambda row: len(set(row[1])) == 1)[:8]


def questions(scope: Scope, *, limit: int, offset: int = 0) -> list[Question]:
    """Open questions all of whose customers the scope may see, oldest first."""
    groups = _groups(scope)
    chosen = groups[offset : offset + limit]
    shown = {root for roots, _ in chosen for root in roots[:MOST_BESIDE]}
    people = {person.id: person for person in persons(scope, Profile.objects.filter(pk__in=shown))}
    heard = heard_of(scope, shown)
    return [
        Question(
            tuple(roots),
            tuple(Claimant(people[root], heard.get(root)) for root in roots[:MOST_BESIDE]),
            tuple(dict.fromkeys(_evidence(scope, link) for link in links)),
            min(link.opened for link in links),
        )
        for roots, links in chosen
    ]


def _evidence(scope: Scope, link: Link) -> Evidence:
    return Evidence(link.namespace, masked_value(link.value) if scope.masked else link.value)


def waiting(scope: Scope) -> int:
    """How many questions wait."""
    return len(_groups(scope))


def _groups(scope: Scope) -> list[tuple[list[int], list[Link]]]:
    links = list(
        Link.objects.filter(workspace_id=scope.workspace, decision=Link.Decision.OPEN)
        .annotate(one=Coalesce(F("low__merged_into"), F("low")), other=Coalesce(F("high__merged_into"), F("high")))
        .order_by("id")[:_MOST_LINKS]
    )
    of = {root: group for group in clusters((link.one, link.other) for link in links) for root in group}
    by_group: dict[int, list[Link]] = {}
    for link in links:
        by_group.setdefault(min(of[link.one]), []).append(link)
    groups = [(sorted(of[head]), found) for head, found in by_group.items()]
    if scope.units is None:
        return groups
    seen = visible(scope, of)
    return [(roots, found) for roots, found in groups if seen.issuperset(roots)]


@dataclass(frozen=True)
class Name:
    """An identifier as the panel shows it."""

    namespace: str
    value: str
    since: datetime
    shared: bool

    @property
    def kind(self) -> str:
        return titled(self.namespace)


@dataclass(frozen=True)
class Standing:
    """A merge that can be taken away, and who would be on its other side."""

    id: int
    why: str
    evidence: str
    by: str
    at: datetime


@dataclass(frozen=True)
class WhoTheyAre:
    names: tuple[Name, ...]
    devices: int
    profiles: int
    merges: tuple[Standing, ...]


def who_they_are(scope: Scope, customer: int) -> WhoTheyAre:
    """All names of one customer and the merges that made them one; `customer` must be one that the reader may see."""
    mine = Q(profile=customer) | Q(profile__merged_into=customer)
    found = list(Identifier.objects.filter(mine).order_by("namespace", "id"))
    profiles = [customer, *Profile.objects.filter(merged_into=customer).values_list("pk", flat=True)]
    merges = Merge.objects.filter(undone=None, one__in=profiles).order_by("-id") if len(profiles) > 1 else []
    return WhoTheyAre(
        tuple(
            Name(
                one.namespace,
                masked_value(one.value) if scope.masked else one.value,
                one.first_seen,
                one.shared is not None,
            )
            for one in found
            if one.namespace != ANONYMOUS and not one.aliased
        ),
        sum(1 for one in found if one.namespace == ANONYMOUS),
        len(profiles),
        tuple(
            Standing(one.pk, one.get_why_display(), "" if scope.masked else one.evidence, one.by, one.at)
            for one in merges
        ),
    )


def all_visible(scope: Scope, customers: Iterable[int]) -> bool:
    wanted = set(customers)
    own = Profile.objects.filter(workspace_id=scope.workspace, pk__in=wanted).count() == len(wanted)
    return own and visible(scope, wanted) == wanted
