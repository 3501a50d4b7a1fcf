"""What is searched for to show that nobody is named any more: a customer's own identifiers, as regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from regard.customers.identity.names import PHONE, Key

#: Shorter ids are found in any text.
SHORTEST = 5
#: The last digits of a phone number, however they are grouped and whatever stands before them.
_LAST_DIGITS = 8
_BETWEEN = r"[ .()/-]?"
_NUMBER = re.compile(r"\\b\d+\\b")


@dataclass(frozen=True)
class Needles:
    """`plain` are regular expressions that Python, RE2 and PostgreSQL read alike; `\\b` marks the edges of words."""

    plain: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: Iterable[Key]) -> Needles:
        found = {_needle(namespace, value) for namespace, value in keys if len(value) >= SHORTEST}
        return cls(tuple(sorted(found)))

    def parted(self) -> tuple[Needles, Needles]:
        """Those that may be words, and those that are numbers alone."""
        numbers = tuple(one for one in self.plain if _NUMBER.fullmatch(one))
        return Needles(tuple(one for one in self.plain if one not in numbers)), Needles(numbers)

    @property
    def re2(self) -> str:
        return f"(?i)({'|'.join(self.plain)})"

    @property
    def postgres(self) -> str:
        """For `~*`, where the edge of a word is written otherwise."""
        return f"({'|'.join(self.plain)})".replace(r"\b", r"\y")

    @property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.re2)


def _needle(namespace: str, value: str) -> str:
    if namespace == PHONE:
        digits = [character for character in value if character.isdigit()][-_LAST_DIGITS:]
        return f"{_BETWEEN.join(digits)}\\b"
    escaped = "".join(c if c.isalnum() or c == "_" or not c.isascii() else f"\\{c}" for c in value)
    before = r"\b" if value[0].isascii() and value[0].isalnum() else ""
    after = r"\b" if value[-1].isascii() and value[-1].isalnum() else ""
    return f"{before}{escaped}{after}"
