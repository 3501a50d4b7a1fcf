"""A colleague gives a customer an offer, and has them told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regard.customers.contact.channels import Channel
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.verdict import Outcome, Verdict
from regard.customers.people.models import Profile
from regard.loyalty.offers.give import NotGiven, Wish
from regard.loyalty.offers.give_telling import give_telling
from regard.loyalty.offers.models import Offer
from regard.outreach.direct.send import send
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.templates.models import BY


@dataclass(frozen=True)
class TellingWish:
    """How they are to be told, as a form says it: what makes no sense there is the first that can be chosen."""

    purposes: Sequence[Purpose]
    channels: Mapping[str, object]
    purpose: Purpose | None
    channel: str
    subject: str

    @classmethod
    def read(cls, workspace: int, given: Mapping[str, str]) -> TellingWish:
        """An offer of a colleague is a gesture to one customer: for service, unless something else is chosen."""
        purposes = list(Purpose.objects.filter(workspace=workspace, retired=None))
        channels = {value: label for value, label in BY if value in CARRIERS}
        wanted = given.get("purpose", "service")
        return cls(
            purposes, channels, next((one for one in purposes if one.key == wanted), next(iter(purposes), None)),
            given.get("channel", "") if given.get("channel", "") in channels else Channel.EMAIL.value, given.get("subject", "")[:200],
        )  # fmt: skip


@transaction.atomic
def give_one_telling(
    offer: Offer, customer: Profile, *, purpose: Purpose, channel: str, subject: str, why: str, by: str, now: datetime
) -> Verdict:
    """As a message of theirs to the customer. Raises NotGiven where they may not be written to, too: then nothing is given."""
    (found,) = give_telling(offer, [Wish(customer.pk, why)], purpose=purpose.key, channel=channel, by=by, now=now)
    if isinstance(found, NotGiven):
        raise found
    verdict = send(
        customer, channel=channel, purpose=purpose, subject=subject.strip() or offer.name, text=found.text, by=by, now=now, language=found.language
    )
    if verdict.outcome is Outcome.REFUSED:  # somebody else has written to them in between
        raise NotGiven(verdict.sentence)
    return verdict
