"""What stands in calendars: each feature says what is due of its own. `site/wiring.py` enters them. No entry names a customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from regard.workspace.members.models import Member


@dataclass(frozen=True)
class Entry:
    #: What it is for ever, so that a change moves it and makes no second one: `case 12 due`.
    id: str
    title: str
    #: A moment, or a day.
    at: datetime | date
    #: A path of ours.
    link: str


#: Member, whether also of the units that they answer for, and how many at most → what is due, the soonest first.
ENTRIES: list[Callable[[Member, bool, int], Sequence[Entry]]] = []
