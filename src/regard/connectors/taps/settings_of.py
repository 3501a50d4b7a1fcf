"""One setting of a tap: its value as the tap wants it, and whether it is a secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

HIDDEN = "•••"
_SECRET_NAME = re.compile(
    r"token|secret|passw|passphrase|credential|private|auth_?header|(?<![a-z])key(?![a-z])|apikey|api_key|sqlalchemy_url|dsn|connection_string",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
#: Shorter ones would blank out half of any log.
_SHORTEST = 3


class Setting(msgspec.Struct, frozen=True):
    name: str
    value: Any
    secret: bool = False


def looks_secret(name: str, value: Any = "") -> bool:
    return bool(_SECRET_NAME.search(name) or (isinstance(value, str) and _SECRET_VALUE.search(value)))


def mask_of(given: Iterable[Setting]) -> Callable[[str], str]:
    """A function that takes every secret out of a text, also where it is quoted for an address, as JSON or in base64."""
    wanted: set[str] = set()
    for setting in given:
        if setting.secret:
            for text in _texts(setting.value):
                wanted |= _spellings(text)
    if not wanted:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(text) for text in sorted(wanted, key=len, reverse=True)))
    return lambda text: pattern.sub(HIDDEN, text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
        if _SECRET_VALUE.search(value):  # libraries like to name the password of an address on its own
            yield value.split("://", 1)[1].rsplit("@", 1)[0].partition(":")[2]
        yield from (line for line in value.splitlines() if len(line) > 12)  # a key in several lines
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _spellings(text: str) -> set[str]:
    found = {text, quote(text), quote(text, safe=""), json.dumps(text)[1:-1], repr(text)[1:-1]}
    if len(text) >= 6:
        found.add(base64.b64encode(text.encode()).decode().rstrip("="))
    return {spelling for spelling in found if len(spelling) >= _SHORTEST}
