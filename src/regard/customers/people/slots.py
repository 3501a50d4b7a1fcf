"""What other features add to the customer page, and what they know that decides who may see a customer. `site/wiring.py` fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Panel:
    """A part of the customer page, fetched from `route` (reversed with the customer's id) by the browser."""

    name: str
    route: str
    wide: bool = False


@dataclass
class Slots:
    #: How many questions about who is who wait in the scope.
    questions: Callable[[Scope], int] = lambda scope: 0
    panels: tuple[Panel, ...] = ()
    #: Which of these profiles have a row in the scope.
    seen: Callable[[Scope, Iterable[int]], set[int]] = lambda scope, profiles: set()
    #: Profiles with the newest rows in the scope, newest first: (profile, last seen).
    recent: Callable[[Scope, int, int], list[int]] = lambda scope, limit, offset: []
    #: When each of these profiles had its newest row in the scope.
    last_seen: Callable[[Scope, Iterable[int]], dict[int, datetime]] = lambda scope, profiles: {}


SLOTS = Slots()
