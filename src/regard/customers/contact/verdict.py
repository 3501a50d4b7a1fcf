"""The answer to "may we contact them?", in the order in which reasons count."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    ALLOWED = "allowed"
    DELAYED = "delayed"
    REFUSED = "refused"


class Because(StrEnum):
    """Why. The first of these that applies is given, so a sender can count and show them."""

    UNKNOWN = "unknown"  # no such customer in this workspace
    RETIRED = "retired"  # nobody is contacted for this purpose any more
    SUPPRESSED = "suppressed"
    LEGAL = "legal"  # a legal hold or a fraud inquiry
    WITHDRAWN = "withdrawn"  # they said no
    NO_CONSENT = "no consent"  # they never said yes, and the purpose needs it
    UNCONFIRMED = "unconfirmed"  # they said yes, but have not confirmed it
    RESTRAINED = "restrained"
    NO_ADDRESS = "no address"
    FREQUENCY = "frequency"
    QUIET = "quiet"
    REPEATED = "repeated"  # claimed twice in one call: once is enough
    FINE = "fine"


class Verdict(NamedTuple):
    """For one customer. `address` is the one to use (empty for channels without one); `until` is set when they may be contacted later,
    and is never itself quiet. When it comes, ask again.
    """

    asked: int  # the profile id that the sender gave
    customer: int  # whose profile that is today
    outcome: Outcome
    because: Because
    sentence: str
    address: str = ""
    until: datetime | None = None

    @property
    def allowed(self) -> bool:
        return self.outcome is Outcome.ALLOWED
