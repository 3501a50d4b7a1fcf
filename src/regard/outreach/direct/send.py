"""A colleague's message to one customer: kept, logged as a contact, and queued, where the contact policy lets it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from regard.customers.contact.claim_contact import claim_contact, log_contacts
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.verdict import Outcome as Said
from regard.customers.contact.verdict import Verdict
from regard.customers.people.models import Profile
from regard.outreach.direct.models import Direct
from regard.outreach.messages.models import Addressed, queue

SENDER = "direct"


@transaction.atomic
def send(profile: Profile, *, channel: str, purpose: Purpose, subject: str, text: str, by: str, now: datetime, language: str) -> Verdict:
    """Where the contact policy lets it; what it says otherwise is in the verdict, and nothing is kept."""
    sender = Sender("direct", by)
    (verdict,) = claim_contact(profile.workspace_id, [profile.pk], purpose=purpose.key, channel=channel, now=now, sender=sender)
    if verdict.outcome is Said.REFUSED:
        return verdict
    made = Direct.objects.create(
        workspace_id=profile.workspace_id, profile_id=verdict.customer, purpose=purpose, channel=channel, language=language,
        subject=" ".join(subject.split()), text=text.replace("\0", "").strip(), by=by, at=now,
    )  # fmt: skip
    due = verdict.until if verdict.outcome is Said.DELAYED and verdict.until else now
    address = verdict.address or _address(profile.workspace_id, verdict.customer, purpose, channel, due)
    if due > now:  # others are to know of it then
        log_contacts(purpose, [(verdict.customer, address)], channel=channel, at=due, sender=sender)
    queue(profile.workspace_id, [Addressed(verdict.customer, channel, address, made.pk)], sender_kind=SENDER, due=due)
    return verdict


def _address(workspace: int, customer: int, purpose: Purpose, channel: str, due: datetime) -> str:
    """Of one who may be written to later."""
    (verdict,) = may_contact(workspace, [customer], purpose=purpose.key, channel=channel, now=due, counted=False)
    return verdict.address
