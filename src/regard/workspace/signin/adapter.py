from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from regard.workspace.invitations.models import Invitation
from regard.workspace.members.models import User
from regard.workspace.signin.client_ip import client_ip


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: the first visitor founds the workspace, everyone else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From the configured address: a forged Host header must not choose where a reset link leads."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.PUBLIC_URL) + path.replace("UID-KEY", key)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_ip(request)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets in who has an account or an open invitation, and only by an address that is proved."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whoever cannot come in is told why, on a page of ours."""
        if request.user.is_authenticated and sociallogin.state.get("process") == "connect":
            return
        if not sociallogin.is_existing:
            if not self.is_open_for_signup(request, sociallogin):
                raise ImmediateHttpResponse(_turned_away(request, sociallogin))
            return
        if by_email := sociallogin._did_authenticate_by_email:
            # An account's address was proved by the invitation it came by, so its password may stay.
            EmailAddress.objects.get_or_create(
                user=sociallogin.user, email=by_email.lower(), defaults={"verified": True, "primary": True}
            )

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return bool(super().can_authenticate_by_email(login, email)) and _may_speak_for(login, email)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        email = proved_email(sociallogin)
        return bool(email) and Invitation.waiting_for(email) is not None

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        names = (data.get("first_name"), data.get("last_name"))
        user.name = str(data.get("name") or " ".join(filter(None, names)))[:120]
        user.email = (user.email or "").lower()
        return user

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        sociallogin.user.email = proved_email(sociallogin)
        user: User = super().save_user(request, sociallogin, form)
        if invitation := Invitation.waiting_for(user.email):
            invitation.take(user)
        return user


def proved_email(sociallogin: Any) -> str:
    """The address that the provider vouches for and may vouch for; "" when there is none."""
    for address in sociallogin.email_addresses:
        if address.verified and _may_speak_for(sociallogin, address.email):
            return str(address.email).lower()
    return ""


def _may_speak_for(sociallogin: Any, email: str) -> bool:
    """An owner can bind a provider to the domains of its company."""
    domains = sociallogin.provider.app.settings.get("domains") or []
    return not domains or email.rpartition("@")[2].lower() in domains


def _turned_away(request: HttpRequest, sociallogin: Any) -> Any:
    told = [str(address.email) for address in sociallogin.email_addresses]
    context = {
        "provider": sociallogin.provider.app.name,
        "email": told[0] if told else "",
        "proved": bool(proved_email(sociallogin)),
    }
    return render(request, "workspace/signon/turned_away.html", context, status=403)
