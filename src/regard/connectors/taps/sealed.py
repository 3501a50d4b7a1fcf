"""The settings of a connection lie encrypted in the database: a copy of it alone opens no customer's CRM."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

from regard.connectors.taps.settings_of import Setting

Mask = Callable[[str], str]


class Unreadable(Exception):
    """The settings were sealed with another signing key. The message says what to do."""


def sealed(given: list[Setting]) -> str:
    return _keys().encrypt(msgspec.json.encode(given)).decode()


def opened(text: str) -> list[Setting]:
    if not text:
        return []
    try:
        return msgspec.json.decode(_keys().decrypt(text.encode()), type=list[Setting])
    except InvalidToken:
        raise Unreadable(
            "The settings of this connection were encrypted with another signing key (REGARD_SECRET_KEY or secret.key): enter them again."
        ) from None


def _keys() -> MultiFernet:
    """From the signing key; older ones (SECRET_KEY_FALLBACKS) still open what they sealed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [hashlib.sha256(b"regard connection settings " + force_bytes(secret)).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
