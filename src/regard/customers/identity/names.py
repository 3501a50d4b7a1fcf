"""The namespaces of identifiers, and one spelling for each value."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import phonenumbers

USER, ANONYMOUS, EMAIL, PHONE = "user", "anonymous", "email", "phone"
#: Ids of a browser or device: they bind to the first person they are seen with, and never join two known people.
WEAK = frozenset({ANONYMOUS})
#: Whom to believe first when one event names people who are known apart.
_TRUST = {USER: 0, EMAIL: 2, PHONE: 3, ANONYMOUS: 4}
LONGEST = 512

Key = tuple[str, str]


def trust(key: Key) -> int:
    return _TRUST.get(key[0], 1)


@lru_cache(maxsize=100_000)
def normalised(namespace: str, value: str) -> str:
    """The spelling that is stored and compared; "" when nothing usable is left."""
    text = unicodedata.normalize("NFC", value).strip()
    if "\0" in text or len(text) > LONGEST:
        return ""
    if namespace == EMAIL:
        return text.casefold() if "@" in text else ""
    if namespace == PHONE:
        return _phone(text)
    return text


def _phone(text: str) -> str:
    """E.164 where the country is given; else the digits, which still join equal spellings."""
    digits = "".join(filter(str.isdigit, text))
    if text.startswith("+"):
        try:
            number = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            return digits
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return digits
