"""What an invitation would look like, for whoever writes it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from regard.customers.contact.channels import Channel
from regard.customers.people.models import Profile
from regard.listening.invitations.message import content
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.outreach.messages.senders import Content


def sample(programme: Programme, language: str, *, channel: str = Channel.EMAIL) -> Content | None:
    """To nobody: an invitation that is not kept, whose links lead nowhere. None while the survey is not published."""
    now, version = timezone.now(), programme.survey.published
    if version is None:
        return None
    nobody = Profile(pk=0, workspace=programme.workspace, traits={"language": language})
    invitation = Invitation(
        pk=0,
        programme=programme,
        profile=nobody,
        happened=now,
        due=now,
        expires=now + timedelta(days=programme.expires_days),
    )
    return content(invitation, version, channel=channel, step=0, unsubscribe="#")
