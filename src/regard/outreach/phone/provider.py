"""What a service that carries text messages is to Regard. To add one: a class with these four methods, and its entry in `PROVIDERS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from regard.outreach.messages.senders import Outcome

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Text:
    """One message to be handed over. `to` is a number in E.164, `callback` where its outcome is to be reported."""

    channel: str
    sender: str
    to: str
    text: str
    callback: str


@dataclass(frozen=True)
class Report:
    """What became of a message, by what the provider calls it. No outcome: nothing to note yet."""

    reference: str
    outcome: Outcome | None
    #: They told the provider that they want no more.
    stopped: bool = False


@dataclass(frozen=True)
class Received:
    """What somebody wrote back, from a number in E.164. `id` is the provider's."""

    number: str
    text: str
    id: str


class Provider(Protocol):
    name: str
    title: StrOrPromise
    #: What it needs to be known: name → label. Those in `plain` are no secrets, those in `optional` may be left out.
    fields: Mapping[str, StrOrPromise]
    plain: frozenset[str]
    optional: frozenset[str]

    def send(self, settings: Settings, text: Text) -> str:
        """Hand it over; what the provider calls it. Raises Gone, Later, Away, and Stopped where they want no more."""
        ...

    def proven(self, settings: Settings, url: str, given: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether a request to our hook is the provider's."""
        ...

    def report(self, given: Mapping[str, str]) -> Report | None:
        """A request to our hook as a report; None for anything else."""
        ...

    def received(self, given: Mapping[str, str]) -> Received | None:
        """A request to our hook as a message that somebody wrote; None for anything else."""
        ...


class Stopped(Exception):
    """They told the provider that they want no more."""


PROVIDERS: dict[str, Provider] = {}
