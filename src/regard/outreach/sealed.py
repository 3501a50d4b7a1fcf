"""Accounts at services that carry messages: their secrets lie encrypted, and they say whether they work."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from cryptography.fernet import InvalidToken
from django.db import models
from django.utils.translation import gettext as _

from regard.workspace.sealing import keys_for


class Unreadable(Exception):
    """The settings were sealed with another signing key. The message says what to do."""


def new_hook() -> str:
    return secrets.token_urlsafe(24)


class SealedAccount(models.Model):
    #: What the settings are sealed for; other accounts cannot read them.
    SEAL = ""

    sealed = models.TextField(blank=True)
    #: In the address that a provider reports to.
    hook = models.CharField(max_length=40, unique=True, default=new_hook)
    changed = models.DateTimeField(auto_now=True)
    tested = models.DateTimeField(null=True)
    #: Why it does not work at the moment, in a sentence; empty while it does.
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def settings(self) -> dict[str, Any]:
        """Raises Unreadable."""
        if not self.sealed:
            return {}
        try:
            read: dict[str, Any] = msgspec.json.decode(keys_for(self.SEAL).decrypt(self.sealed.encode()))
        except InvalidToken:
            raise Unreadable(
                _("The settings of sending were encrypted with another signing key (REGARD_SECRET_KEY or secret.key): enter them again.")
            ) from None  # fmt: skip
        return read

    @settings.setter
    def settings(self, given: dict[str, Any]) -> None:
        self.sealed = keys_for(self.SEAL).encrypt(msgspec.json.encode(given)).decode()
