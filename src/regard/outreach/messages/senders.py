"""Who has messages sent: each kind says what they read like when they go out, and is told what became of them. `site/wiring.py` enters them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from regard.outreach.messages.models import Message


@dataclass(frozen=True)
class Enclosed:
    """A file that goes out with a message; `read` gives its bytes when it goes, and None where they are gone."""

    name: str
    kind: str
    read: Callable[[], bytes | None]


@dataclass(frozen=True)
class Content:
    """What is sent. `subject`, `html`, `headers` and `files` are e-mail's alone."""

    text: str
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[Enclosed] = ()


class Outcome(StrEnum):
    SENT = "sent"
    DROPPED = "dropped"
    DELIVERED = "delivered"
    OPENED = "opened"
    SOFT = "soft"
    HARD = "hard"
    COMPLAINED = "complained"


@dataclass(frozen=True)
class SenderKind:
    #: What each reads like, by the message's id; None for one that is not to go out any more (answered, over, erased). One that is
    #: left out waits.
    write: Callable[[int, Sequence[Message]], Mapping[int, Content | None]]
    #: What the customer's timeline calls each.
    about: Callable[[int, Sequence[Message]], Mapping[int, str]]
    #: In the transaction in which it is noted: these of its messages had this outcome at that moment.
    told: Callable[[Sequence[Message], Outcome, datetime], None]


SENDERS: dict[str, SenderKind] = {}
