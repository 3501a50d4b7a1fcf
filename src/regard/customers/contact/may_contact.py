"""May we contact them? Every sender of the product asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regard.customers.contact import queries
from regard.customers.contact.channels import KIND, Channel, channel_name
from regard.customers.contact.consent.models import NO, YES, Decision
from regard.customers.contact.log.models import Sender
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.queries import Asked, Excessive, Held, Word
from regard.customers.contact.quiet.next_allowed import Window, next_allowed
from regard.customers.contact.restraints.models import Reason
from regard.customers.contact.suppression.models import OF_THE_ADDRESS, Why
from regard.customers.contact.verdict import Because, Outcome, Verdict
from regard.customers.identity.names import normalised
from regard.web.numbers import days as in_days


def may_contact(
    workspace: int,
    customers: Iterable[int],
    *,
    purpose: str,
    channel: str,
    now: datetime,
    address: str | Mapping[int, str] = "",
    sender: Sender = Sender(),  # noqa: B008 - frozen
    counted: bool = True,
    as_it_was: bool = False,
) -> list[Verdict]:
    """A verdict for each of these customers (by any profile id), in the order given; nothing is written.

    The number of statements does not grow with the number of customers. `address` overrides the address on file: one for all, or
    by the profile id asked for. A reminder of what was counted is not `counted` again: how often is not asked then. `as_it_was`: contacts later than
    `now` do not count; otherwise they do, as clocks of senders differ.
    Precedence: suppression, legal restraint, what they refused, missing consent, other restraints,
    no address, frequency, quiet hours. Raises UnknownPurpose, and ValueError for an unknown channel.
    """
    ids = list(customers)
    if not ids:
        return []
    policy = _gather(workspace, ids, purpose, Channel(channel), now, address, sender if counted else None, as_it_was)
    return [policy.verdict(id) for id in ids]


def _gather(
    workspace: int,
    ids: list[int],
    purpose: str,
    channel: str,
    now: datetime,
    address: str | Mapping[int, str],
    sender: Sender | None,
    as_it_was: bool,
) -> _Policy:
    found = queries.asked(workspace, ids)
    about = queries.purpose_called(workspace, purpose)
    kind = KIND.get(channel, "")
    by_id = dict.fromkeys(ids, address) if isinstance(address, str) else address
    given = {found.customer[id]: _spelled(kind, by_id[id]) for id in ids if id in found.customer and by_id.get(id)}
    words = queries.last_words(found, about, channel, now)
    known = queries.known_addresses(found, kind)
    in_question = queries.addresses_in_question(given, words, known) if kind else set()
    return _Policy(
        found=found, purpose=about, channel=channel, kind=kind, now=now, given=given, words=words, known=known,
        suppressed=queries.suppressed(workspace, kind, in_question),
        restraints=queries.restraints(workspace, found, about.key, channel, now),
        excess=queries.excess(workspace, found, about, channel, sender, now, now if as_it_was else None) if sender else {},
        windows=queries.quiet_windows(workspace, channel), moments={}, fine=_("They may be contacted."),
    )  # fmt: skip


def _spelled(kind: str, address: str) -> str:
    return normalised(kind, address) if kind else address


@dataclass(frozen=True)
class _Policy:
    """Everything that counts, for the customers asked about."""

    found: Asked
    purpose: Purpose
    channel: str
    kind: str
    now: datetime
    given: dict[int, str]
    words: dict[int, Word]
    known: dict[int, list[str]]
    suppressed: dict[str, str]
    restraints: dict[int, Held]
    excess: dict[int, list[Excessive]]
    windows: list[Window]
    moments: dict[tuple[str, datetime], datetime | None]
    fine: str

    def verdict(self, id: int) -> Verdict:
        customer = self.found.customer.get(id)
        if customer is None:
            return Verdict(id, id, Outcome.REFUSED, Because.UNKNOWN, _("There is no such customer."))
        address = self._address(customer)
        if refusal := self._refusal(customer, address):
            return Verdict(id, customer, Outcome.REFUSED, *refusal)
        if not self.windows and customer not in self.restraints and customer not in self.excess:
            return Verdict(id, customer, Outcome.ALLOWED, Because.FINE, self.fine, address)
        return self._timed(Verdict(id, customer, Outcome.ALLOWED, Because.FINE, self.fine, address))

    def _address(self, customer: int) -> str:
        """The one given; else the one they consented for; else the newest that is not suppressed."""
        if customer in self.given:
            return self.given[customer]
        word = self.words.get(customer)
        known = self.known.get(customer, [])
        if word is None and len(known) == 1:
            return known[0]
        spoken_of = word.address if word and word.decision in YES and word.channel == self.channel else ""
        candidates = [spoken_of, *known] if spoken_of else known
        return next((one for one in candidates if one not in self.suppressed), candidates[0] if candidates else "")

    def _refusal(self, customer: int, address: str) -> tuple[Because, str] | None:
        """The first reason that no waiting mends, or that ends nobody knows when."""
        if self.purpose.retired:
            return Because.RETIRED, _("“%(purpose)s” is retired: nobody is contacted for it.") % self._names()
        if why := self._suppression(customer, address):
            said = {"reason": Why(why).label}
            return Because.SUPPRESSED, _("Their address is on the suppression list (%(reason)s).") % said
        held = self.restraints.get(customer)
        if held and held.legal:
            return Because.LEGAL, _("They must not be contacted: %(reason)s.") % {"reason": Reason(held.reason).label}
        if refusal := self._consent(customer, address):
            return refusal
        if held and held.until is None:
            return Because.RESTRAINED, _("Not for now: %(reason)s.") % {"reason": Reason(held.reason).label}
        if self.kind and not address:
            return Because.NO_ADDRESS, self._nowhere_to_reach(customer)
        for one in self.excess.get(customer, ()):
            if one.drop or one.until is None:
                return Because.FREQUENCY, _often(one)
        return None

    def _suppression(self, customer: int, address: str) -> str:
        if address in self.suppressed:
            return self.suppressed[address]
        if not self.suppressed:
            return ""
        person = [self.suppressed[one] for one in self.known.get(customer, ()) if one in self.suppressed]
        return next((why for why in person if why not in OF_THE_ADDRESS), "")

    def _consent(self, customer: int, address: str) -> tuple[Because, str] | None:
        if not self.purpose.can_be_refused:
            return None
        word = self.words.get(customer)
        if word and word.decision in NO:
            return Because.WITHDRAWN, _("They do not want “%(purpose)s” by %(channel)s.") % self._names()
        if not self.purpose.needs_opt_in:
            return None
        if word is None:
            return Because.NO_CONSENT, _("They have not agreed to “%(purpose)s” by %(channel)s.") % self._names()
        if self._unconfirmed(word, address):
            return Because.UNCONFIRMED, _(
                "They agreed to “%(purpose)s”, but have not confirmed it yet."
            ) % self._names()
        return None

    def _unconfirmed(self, word: Word, address: str) -> bool:
        if word.decision == Decision.PENDING:
            return True
        if not self.purpose.double_opt_in or self.channel != Channel.EMAIL:
            return False
        return word.decision != Decision.CONFIRMED or bool(word.address and address and word.address != address)

    def _timed(self, plain: Verdict) -> Verdict:
        """Allowed, or when they will be: after every reason that ends, and not at a quiet hour."""
        held = self.restraints.get(plain.customer)
        waits: list[tuple[Because, datetime, str]] = []
        if held and held.until:
            waits.append(
                (Because.RESTRAINED, held.until, _("Not for now: %(reason)s.") % {"reason": Reason(held.reason).label})
            )
        waits += [
            (Because.FREQUENCY, one.until, _often(one)) for one in self.excess.get(plain.customer, ()) if one.until
        ]
        begin = max((until for _because, until, _sentence in waits), default=self.now)
        until = self._not_quiet(begin, self.found.zone_of(plain.customer))
        if until is None:
            sentence = _("Every hour of the week is quiet for %(channel)s.") % self._names()
            return plain._replace(outcome=Outcome.REFUSED, because=Because.QUIET, sentence=sentence, address="")
        if not waits and until <= self.now:
            return plain
        because, _when, sentence = (
            waits[0] if waits else (Because.QUIET, until, _("It is a quiet hour where they are."))
        )
        return plain._replace(outcome=Outcome.DELAYED, because=because, sentence=sentence, until=until)

    def _not_quiet(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        key = (zone.key, moment)
        if key not in self.moments:
            self.moments[key] = next_allowed(moment, self.windows, zone)
        return self.moments[key]

    def _nowhere_to_reach(self, customer: int) -> str:
        if self.given.get(customer) == "":
            return _("The address given is none for %(channel)s.") % self._names()
        return _("No address is known for %(channel)s.") % self._names()

    def _names(self) -> dict[str, str]:
        return {"purpose": self.purpose.name, "channel": channel_name(self.channel)}


def _often(one: Excessive) -> str:
    return _often_enough(one.most, one.days, get_language() or "")


@lru_cache(maxsize=256)
def _often_enough(most: int, days: int, language: str) -> str:
    """The same few sentences for very many."""
    return _("They were contacted often enough: at most %(most)s in %(days)s.") % {"most": most, "days": in_days(days)}
