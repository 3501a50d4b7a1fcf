from __future__ import annotations

from datetime import datetime

from regard.customers.contact.channels import Channel
from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.log.models import Sender, What
from regard.customers.contact.purposes.models import PURPOSE_OF_SURVEYS, Purpose
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


def answered_unasked(workspace: int, customer: int, channel: str, *, now: datetime) -> None:
    """A known customer answered by a link or in a widget. Where nothing is kept of purposes, nothing is counted by them."""
    if Purpose.objects.filter(workspace=workspace, key=PURPOSE_OF_SURVEYS).exists():
        by = channel if channel in Channel.values else Channel.WEB
        record_contact(
            workspace, customer, purpose=PURPOSE_OF_SURVEYS, channel=by, at=now, sender=Sender("survey"), what=What.ANSWER
        )  # fmt: skip
