"""The settings of a connection lie encrypted in the database: a copy of it alone opens no customer's CRM."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from cryptography.fernet import InvalidToken

from regard.connectors.taps.settings_of import Setting
from regard.workspace.sealing import keys_for

Mask = Callable[[str], str]


class Unreadable(Exception):
    """The settings were sealed with another signing key. The message says what to do."""


def sealed(given: list[Setting]) -> str:
    return keys_for("connection settings").encrypt(msgspec.json.encode(given)).decode()


def opened(text: str) -> list[Setting]:
    if not text:
        return []
    try:
        return msgspec.json.decode(keys_for("connection settings").decrypt(text.encode()), type=list[Setting])
    except InvalidToken:
        raise Unreadable(
            "The settings of this connection were encrypted with another signing key (REGARD_SECRET_KEY or secret.key): enter them again."
        ) from None
