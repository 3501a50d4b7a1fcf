"""The way back from an invitation. It says no more than a number, and works until the invitation is over, in reminders too."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from regard.listening.invitations.models import Invitation

_SIGNER = signing.Signer(sep=".", salt="regard.listening.invitation")


def token_of(invitation: int) -> str:
    return _SIGNER.sign(str(invitation))


def link_of(invitation: int) -> str:
    return f"{settings.SURVEY_URL or settings.PUBLIC_URL}{reverse('answering:invited', args=[token_of(invitation)])}"


def invitation_of(token: str) -> Invitation | None:
    """None for what is not ours, or is nobody's any more. A wrong signature never reaches the database."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    related = Invitation.objects.select_related("programme__survey__workspace", "profile", "touchpoint", "unit").defer(
        "programme__survey__draft"
    )
    return related.filter(pk=pk).first()
