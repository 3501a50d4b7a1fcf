"""What other features add to the customer page, and what they know that decides who may see a customer. `site/wiring.py` fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from regard.customers.people.listing import Listing
    from regard.workspace.members.models import Member


@dataclass(frozen=True)
class Panel:
    """A part of the customer page, fetched from `route` (reversed with the customer's id) by the browser."""

    name: str
    route: str
    wide: bool = False
    right: Right = Right.CUSTOMERS
    #: Whether a workspace has anything that it could show.
    some: Callable[[int], bool] = lambda workspace: True
    #: It stands on the page of each case of theirs, too.
    in_cases: bool = False


@dataclass(frozen=True)
class Tag:
    """A word on the customer's state, beside their name. `tone` is good, warn, bad or empty."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Fact:
    """A line of "At a glance"."""

    label: str
    value: str


@dataclass(frozen=True)
class Action:
    """A button at the top of the customer page, for those who have the right."""

    label: StrOrPromise
    route: str
    right: Right


#: Asked with the reader's scope, the customer, and all their profiles.
Tell = Callable[[Scope, int, list[int]], Sequence["Tag | Fact"]]


@dataclass(frozen=True)
class Found:
    """Profiles that a search may mean, and for each of its words, where none was found as typed, the words that may be meant."""

    profiles: tuple[int, ...] = ()
    meant: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # word → (what may be meant → how many typos)


@dataclass(frozen=True)
class Worked:
    """What was worked out of a customer: as JSON holds it (None: not known), and as a page shows it."""

    value: object
    text: str


@dataclass(frozen=True)
class Quote:
    """What a customer said, or what was noted of them."""

    profile: int
    at: datetime
    kind: str
    text: str


@dataclass
class Slots:
    #: How many questions about who is who wait in the scope.
    questions: Callable[[Scope], int] = lambda scope: 0
    #: How many pairs of the workspace's customers are proposed as duplicates.
    duplicates: Callable[[int], int] = lambda workspace: 0
    #: Notes that name a member and that they have not seen, and where these are read.
    mentions: Callable[[Member], int] = lambda member: 0
    panels: tuple[Panel, ...] = ()
    actions: tuple[Action, ...] = ()
    #: Panels of an account's page, by route (reversed with the account's id).
    account_panels: tuple[str, ...] = ()
    #: The account whose profile this is, if it is one's.
    account_of: Callable[[int], int | None] = lambda profile: None
    #: What features know of a customer at a glance.
    glances: tuple[Tell, ...] = ()
    #: Which of these profiles have a row in the scope.
    seen: Callable[[Scope, Iterable[int]], set[int]] = lambda scope, profiles: set()
    #: Profiles with the newest rows in the scope, newest first: (profile, last seen).
    recent: Callable[[Scope, int, int], list[int]] = lambda scope, limit, offset: []
    #: When each of these profiles had its newest row in the scope.
    last_seen: Callable[[Scope, Iterable[int]], dict[int, datetime]] = lambda scope, profiles: {}
    #: Profiles by any words, forgiving typos; not held against the scope's units.
    find: Callable[[Scope, str], Found] = lambda scope, text: Found()
    #: What was said with these words in rows of the scope, the newest first.
    said: Callable[[Scope, str, int], list[Quote]] = lambda scope, text, limit: []
    #: Customers of the scope for whom the filters hold, in the order asked for: (scope, listing, limit, offset, among).
    listed: Callable[[Scope, Listing, int, int, list[int] | None], list[int]] = (
        lambda scope, listing, limit, offset, among: []
    )
    #: All of them a page at a time, by id: (scope, listing, after, limit).
    following: Callable[[Scope, Listing, int, int], list[int]] = lambda scope, listing, after, limit: []
    #: How many customers of the scope the filters hold for.
    number: Callable[[Scope, Listing], int] = lambda scope, listing: 0
    #: Customers without a row that the scope may see, the newest first: (scope, with smaller ids than, limit).
    unheard: Callable[[Scope, int, int], list[int]] = lambda scope, before, limit: []
    #: Groups of customers by id that can be filtered by.
    groups: Callable[[Scope], dict[int, str]] = lambda scope: {}
    #: The groups that each of these customers belongs to.
    groups_of: Callable[[Scope, Iterable[int]], dict[int, list[str]]] = lambda scope, customers: {}
    #: Names of traits, the commonest first.
    trait_names: Callable[[Scope], list[str]] = lambda scope: []
    #: How many customers have each trait, the commonest first.
    trait_counts: Callable[[Scope], dict[str, int]] = lambda scope: {}
    #: The names of the workspace's sources of words about customers, the newest first: of those given, or of all.
    source_names: Callable[[int, Sequence[int] | None], dict[int, str]] = lambda workspace, sources: {}
    #: Names of what is worked out of what customers do.
    computed_names: Callable[[int], Sequence[str]] = lambda workspace: ()
    #: What was worked out of each of these customers, by name.
    computed: Callable[[Scope, Iterable[int]], dict[int, dict[str, Worked]]] = lambda scope, customers: {}
    #: For each of these profiles and metrics the newest score: profile → metric → (score, when).
    scores: Callable[[Scope, Iterable[int]], dict[int, dict[str, tuple[float, datetime]]]] = lambda scope, profiles: {}


SLOTS = Slots()
