"""Whether letters that were queued still may go out: the contact policy is asked again, as somebody may have said no since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regard.customers.contact.channels import Channel
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.public.links import links_to_unsubscribe
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Outcome
from regard.outreach.messages.models import Message


@dataclass(frozen=True)
class Going:
    """Of one message. `later`: it is quiet where they are, say, and it waits. `unsubscribe`: the link at its foot; "" where it needs none."""

    outcome: Outcome
    unsubscribe: str = ""

    @property
    def now(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    @property
    def later(self) -> bool:
        return self.outcome is Outcome.DELAYED


def going_out(purpose: Purpose, channel: str, messages: Sequence[Message], *, now: datetime) -> dict[int, Going]:
    """By the message's id, for messages of one purpose and channel."""
    first = {one.profile_id: one for one in reversed(messages)}
    found = _going_out(purpose, channel, list(first.values()), now)
    if again := [one for one in messages if first[one.profile_id] is not one]:  # a second letter may go to another address
        found |= going_out(purpose, channel, again, now=now)
    return found


def _going_out(purpose: Purpose, channel: str, messages: Sequence[Message], now: datetime) -> dict[int, Going]:
    """One to each customer at most."""
    people, addresses = [one.profile_id for one in messages], {one.profile_id: one.address for one in messages}
    try:
        verdicts = may_contact(
            purpose.workspace_id, people, purpose=purpose.key, channel=channel, now=now, address=addresses, counted=False
        )
    except UnknownPurpose:
        return {one.pk: Going(Outcome.REFUSED) for one in messages}
    said = {one.asked: one.outcome for one in verdicts}
    refusable = purpose.can_be_refused and channel == Channel.EMAIL
    links = links_to_unsubscribe(purpose.workspace_id, people, purpose=purpose, channel=channel) if refusable else {}
    return {one.pk: Going(said[one.profile_id], links.get(one.profile_id, "")) for one in messages}
