from __future__ import annotations

from datetime import datetime

from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.log.models import Sender, What
from regard.listening.invitations.enter import enter_followers
from regard.listening.invitations.models import Invitation


def answered(invitation: Invitation, *, now: datetime) -> None:
    """Rules that count from the last answer know of it, and programmes that follow this one go on."""
    programme = invitation.programme
    record_contact(
        programme.workspace_id, invitation.profile_id, purpose=programme.purpose.key, channel=invitation.channel, at=now,
        sender=Sender("survey", str(programme.pk)), what=What.ANSWER,
    )  # fmt: skip
    enter_followers([invitation], now=now)
