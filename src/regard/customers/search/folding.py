"""One spelling for what is searched for and what it is searched in: without accents, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

#: Letters that do not come apart into a plain one and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t", "’": "'"}
)
#: As ClickHouse splits text into tokens: at whatever is ASCII and neither letter nor digit.
_BETWEEN = re.compile(r"[\x00-/:-@\[-`{-\x7f\s]+")
_DIGITS = re.compile(r"\d")
LONGEST_WORD, MOST_WORDS = 64, 12


def folded(text: str) -> str:
    """`Łukasz Müßig` → `lukasz mussig`."""
    if text.isascii():
        return text.lower().strip()
    apart = unicodedata.normalize("NFKD", text.casefold())
    apart = unicodedata.normalize("NFKD", apart.casefold())  # a letter in bold comes apart into a capital
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_LETTERS).strip()


def words(text: str) -> list[str]:
    """The words of a name or a query, folded: `Jean-Luc O'Hara` → `jean`, `luc`, `o`, `hara`."""
    found = [word[:LONGEST_WORD] for word in _BETWEEN.split(folded(text)) if word]
    return list(dict.fromkeys(found))[:MOST_WORDS]


def said_words(text: str) -> list[str]:
    """The words of a query as the ledger's index of what was said spells them: without accents and case."""
    apart = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in apart if unicodedata.category(c) != "Mn").lower()
    return list(dict.fromkeys(word for word in _BETWEEN.split(plain) if word))[:MOST_WORDS]


def mail_words(address: str) -> list[str]:
    """What an address is made of: `anna.schmidt83@halcyon.example` → `anna`, `schmidt`, `halcyon.example`."""
    local, _at, domain = folded(address).rpartition("@")
    parts = [_DIGITS.sub("", part) for part in _BETWEEN.split(local)]
    return [part[:LONGEST_WORD] for part in (*parts, domain) if len(part) > 1]


def phone_ends(text: str) -> list[str]:
    """The digits of a number from its end, without what stands before a national number (`0`, `00`); [] for what is none."""
    if not re.fullmatch(r"[+()\d\s./-]*", text):
        return []
    digits = "".join(_DIGITS.findall(text))
    if not 4 <= len(digits) <= 20:
        return []
    return list(dict.fromkeys(end[::-1] for end in (digits, digits.lstrip("0")) if len(end) >= 4))
