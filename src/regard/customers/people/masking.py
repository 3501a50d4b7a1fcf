"""What is left of personal data for whoever need not know who somebody is: enough to tell customers apart, not to find them elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Traits that say who somebody is or where they live, by what they are called.
_PERSONAL = re.compile(
    r"e-?mail|phone|mobile|fax|name|surname|birth|dob|address|street|zip|post.?code|iban|account.?number|card|ssn|soc.?sec|passport|tax.?id"
    r"|national.?id|licen[cs]e|vorname|nachname|geburt|strasse|adresse|anschrift|prenom|naissance|telephone|twitter|avatar|ip",
    re.IGNORECASE,
)
_WORDS_OF_TRAIT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def masked_name(name: str) -> str:
    """`Inès Moreau` → `I. M.`"""
    return " ".join(f"{word[0]}." for word in name.split()[:3])


def masked_value(value: str) -> str:
    """`ines@example.org` → `i…@example.org`, `+33612345678` → `+33…78`, `C40718` → `C…8`."""
    if not value:
        return ""
    name, at, host = value.partition("@")
    if at and host:
        return f"{name[:1]}…@{host}"
    return f"{value[:3]}…{value[-2:]}" if len(value) > 8 else f"{value[:1]}…{value[-1:]}"


def is_personal(trait: str) -> bool:
    """`birthDate`, `home_address`, not `shipping` or `plan`."""
    words = [word.lower() for word in _WORDS_OF_TRAIT.findall(trait)]
    return any(_PERSONAL.fullmatch(word) for word in words) or bool(_PERSONAL.fullmatch("".join(words)))


def masked_traits(traits: Mapping[str, object], said: Mapping[str, bool]) -> dict[str, object]:
    """`said`: of some traits, whether they are personal, whatever their name."""
    return {
        name: "…" if said.get(name, is_personal(name)) and value not in (None, "") else value for name, value in traits.items()
    }  # fmt: skip
