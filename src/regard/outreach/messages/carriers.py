"""What carries messages of a channel. A carrier is opened once for a batch and closed after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content


class Gone(Exception):
    """It can never be delivered to this address."""


class Unwanted(Exception):
    """It is not taken, and the address is none the worse for it: they want no more of it, or it is too large."""


class Later(Exception):
    """It did not go out, and may later: this one (the address's own trouble)."""


class Away(Exception):
    """Nothing goes out this way at the moment; the message says why."""


class Carrier(Protocol):
    #: What it takes in a second.
    per_second: int

    def carry(self, message: Message, content: Content) -> str:
        """Hand it over; what the other side calls it. Raises Gone, Unwanted, Later, Away."""
        ...

    def close(self) -> None: ...


#: Channel → opens the carrier of a workspace; raises Away where it is not set up.
CARRIERS: dict[str, Callable[[int], Carrier]] = {}
