"""Personal data that people type into free text: addresses, numbers, cards, accounts.

The engine finds candidates with the same expressions; what has a check digit is checked here, so that an order number is no card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _


class Kind(StrEnum):
    EMAIL = "email"
    CARD = "card"
    IBAN = "iban"
    PHONE = "phone"


#: Read alike by Python and RE2. In this order: what is part of an account or card is no phone number.
PATTERNS = {
    Kind.EMAIL: r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
    Kind.IBAN: r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
    Kind.CARD: r"\b[0-9](?:[ -]?[0-9]){12,18}\b",
    Kind.PHONE: r"(?:\+[0-9]{1,3}[ .()/-]{0,2}|\b0)[0-9](?:[ .()/-]{0,2}[0-9]){6,11}\b",
}
ANY = "|".join(f"(?:{pattern})" for pattern in PATTERNS.values())
_COMPILED = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}


@dataclass(frozen=True)
class Span:
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `kind` where it is personal data."""

    text: str
    kind: str


def spans(text: str) -> list[Span]:
    """Where personal data stands in a text, in order, none within another."""
    taken: list[Span] = []
    no_accounts: list[Span] = []
    for kind, pattern in _COMPILED.items():
        for found in pattern.finditer(text):
            span = Span(kind, found.start(), found.end())
            if any(span.start < one.end and one.start < span.end for one in (*taken, *no_accounts)):
                continue
            if _holds(kind, found[0]):
                taken.append(span)
            elif kind == Kind.IBAN:  # a reference that looks like one: its digits are no phone number either
                no_accounts.append(span)
    return sorted(taken, key=lambda span: span.start)


def pieces(text: str) -> Iterator[Piece]:
    at = 0
    for span in spans(text):
        if span.start > at:
            yield Piece(text[at : span.start], "")
        yield Piece(text[span.start : span.end], span.kind)
        at = span.end
    if at < len(text):
        yield Piece(text[at:], "")


def removed(kind: str) -> str:
    """What stands in its place."""
    return {
        Kind.EMAIL: _("[e-mail removed]"), Kind.CARD: _("[card number removed]"), Kind.IBAN: _("[account removed]"),
        Kind.PHONE: _("[number removed]"),
    }[Kind(kind)]  # fmt: skip


def redacted(text: str) -> str:
    return "".join(removed(piece.kind) if piece.kind else piece.text for piece in pieces(text))


def _holds(kind: Kind, text: str) -> bool:
    if kind == Kind.CARD:
        return _luhn([int(character) for character in text if character.isdigit()])
    if kind == Kind.IBAN:
        return _mod97(text.replace(" ", ""))
    return True


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and any(digits)


def _mod97(text: str) -> bool:
    """ISO 13616: letters as numbers from 10, the first four characters last."""
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(number) % 97 == 1
