"""Who keeps personal data, and how each of them gives it out, takes it away and shows that it is gone. `site/wiring.py` fills it.

A feature that keeps personal data has a `privacy.py` with a Keeper. A test fails when a model or a ledger table belongs to none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from regard.customers.identity.names import Key
from regard.customers.privacy.needles import Needles

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Subject:
    """One customer as they are found in what is kept: every profile that is theirs, and the keys that name them alone."""

    workspace: int
    customer: int
    profiles: tuple[int, ...]
    keys: tuple[Key, ...]
    name: str = ""


@dataclass(frozen=True)
class Section:
    """One table of what is given out. Rows are dicts of plain values, read as they are written."""

    name: str
    rows: Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Taken:
    """What is to go: these customers, whole or all but their scores. The same `salt` makes the same rows of nobody again."""

    workspace: int
    #: Every profile that is theirs, also of those whose rows in PostgreSQL are gone already.
    profiles: Sequence[int]
    subjects: Sequence[Subject]
    anonymise: bool
    salt: str
    needles: Needles


@dataclass(frozen=True)
class Keeper:
    name: str
    title: StrOrPromise
    #: Models as `app.Model`, tables of the ledger as `ledger:table`.
    holds: tuple[str, ...]
    count: Callable[[Subject], int]
    export: Callable[[Subject], Iterable[Section]]
    #: Takes it away and says how many pieces went. Safe to repeat: what was cut short is done again.
    erase: Callable[[Taken], int]
    #: How many places still name them, where PostgreSQL's own search cannot look.
    prove: Callable[[Taken], int] | None = None
    #: What there is of them besides tables: a name and its bytes.
    files: Callable[[Subject], Iterable[tuple[str, IO[bytes]]]] = lambda subject: ()


def counts_nothing(subject: Subject) -> int:
    """Of a keeper whose pieces are counted by another, or are nobody's until they are searched."""
    return 0


def gives_nothing(subject: Subject) -> Iterable[Section]:
    """Likewise for what is given out."""
    return ()


@dataclass
class Registry:
    """In the order in which they erase: what says who somebody is goes last, so that what was cut short can be done again."""

    keepers: tuple[Keeper, ...] = ()
    #: What holds nobody's data, and why: `app.Model` → reason.
    nobody: dict[str, str] = field(default_factory=dict)
    #: How many files the engine still has that nothing reads any more.
    on_disk: Callable[[], int] = lambda: 0


REGISTRY = Registry()
