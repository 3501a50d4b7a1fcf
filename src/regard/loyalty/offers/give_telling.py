"""Gives an offer to customers who can be told of it: who cannot is given nothing, as it would only use up what there is of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Outcome, Verdict
from regard.loyalty.offers.give import NotGiven, Wish, give
from regard.loyalty.offers.models import Grant, Offer
from regard.loyalty.offers.words import language_of, said


@dataclass(frozen=True)
class Telling:
    """What was given, and what they are to be told of it, when and where. Without `until` it is now."""

    grant: Grant
    verdict: Verdict
    language: str
    text: str

    @property
    def until(self) -> datetime | None:
        return _later(self.verdict)


def give_telling(
    offer: Offer, wishes: Sequence[Wish], *, purpose: str, channel: str, by: str, now: datetime
) -> list[Telling | NotGiven]:
    """For each wish, in order. The days count from when they may be told. Whoever calls queues what is to be told, in the same transaction."""
    known = {one.profile for one in wishes if one.profile}
    try:
        verdicts = {one.asked: one for one in may_contact(offer.workspace_id, known, purpose=purpose, channel=channel, now=now)}
    except UnknownPurpose:
        return [NotGiven(_("Nothing is sent for this purpose any more.")) for _one in wishes]
    able = {profile: verdict for profile, verdict in verdicts.items() if verdict.outcome is not Outcome.REFUSED}
    given = iter(give(offer, [replace(one, since=_later(able[one.profile])) for one in wishes if one.profile in able], by=by, now=now))
    return [_told(one, able[one.profile], next(given)) if one.profile in able else _refused(verdicts.get(one.profile)) for one in wishes]


def _later(verdict: Verdict) -> datetime | None:
    return verdict.until if verdict.outcome is Outcome.DELAYED else None


def _told(wish: Wish, verdict: Verdict, given: Grant | NotGiven) -> Telling | NotGiven:
    if isinstance(given, NotGiven):
        return given
    return Telling(given, verdict, language_of(given, heard=wish.heard), said(given, heard=wish.heard))


def _refused(verdict: Verdict | None) -> NotGiven:
    return NotGiven(verdict.sentence if verdict else _("Nobody knows who the customer is."))
