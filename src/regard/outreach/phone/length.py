"""How many messages a text is counted and paid as."""

from __future__ import annotations

from dataclasses import dataclass

#: GSM 03.38: the letters of its table, and those that take two places.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Length:
    letters: int
    messages: int
    #: Letters outside of the table make all of it wider: 70 fit instead of 160.
    wide: bool


def length_of(text: str) -> Length:
    if all(letter in _BASIC or letter in _DOUBLE for letter in text):
        letters, one, each, wide = sum(1 + (letter in _DOUBLE) for letter in text), 160, 153, False
    else:
        letters, one, each, wide = len(text.encode("utf-16-le")) // 2, 70, 67, True
    return Length(letters, 1 if letters <= one else -(-letters // each), wide)
