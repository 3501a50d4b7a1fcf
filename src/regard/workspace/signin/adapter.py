from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from regard.workspace.invitations.models import Invitation


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: the first visitor founds the workspace, everyone else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on makes an account only for an address that holds an open invitation."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        email = (sociallogin.user.email or "").lower()
        return Invitation.objects.filter(email=email, taken=None, withdrawn=None).exists()
