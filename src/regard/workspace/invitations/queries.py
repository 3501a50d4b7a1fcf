from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser

from regard.workspace.invitations.models import Invitation
from regard.workspace.members.models import User


class Arrival(StrEnum):
    """Who stands before an invitation's page."""

    NEW = "new"  # nobody is signed in and the address has no account
    KNOWN = "known"  # nobody is signed in, the address has an account: sign in first
    SAME = "same"  # the one it is for
    OTHER = "other"  # someone else is signed in


def arrival(invitation: Invitation, user: User | AnonymousUser) -> Arrival:
    if user.is_authenticated:
        return Arrival.SAME if user.email.lower() == invitation.email.lower() else Arrival.OTHER
    return Arrival.KNOWN if User.objects.filter(email__iexact=invitation.email).exists() else Arrival.NEW
