"""The answer to "may we contact them?", in the order in which reasons count."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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


#: What a list of those who were not contacted calls each reason.
TITLES: dict[str, StrOrPromise] = {
    Because.UNKNOWN: _("no such customer any more"), Because.RETIRED: _("nobody is contacted for this any more"),
    Because.SUPPRESSED: _("on the suppression list"), Because.LEGAL: _("legal hold"), Because.WITHDRAWN: _("does not want it"),
    Because.NO_CONSENT: _("has not agreed to it"), Because.UNCONFIRMED: _("has not confirmed it"), Because.RESTRAINED: _("held back for now"),
    Because.NO_ADDRESS: _("no address known"), Because.FREQUENCY: _("contacted often enough"), Because.QUIET: _("quiet hours"),
    Because.REPEATED: _("the same customer twice"),
}  # fmt: skip


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
