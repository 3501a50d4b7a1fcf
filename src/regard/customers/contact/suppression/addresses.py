"""Reading addresses that people type, paste and upload."""

from __future__ import annotations

import re

from regard.customers.identity.names import EMAIL, PHONE, normalised

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_PHONE = re.compile(r"\+?[\d\s()./\-\u00a0]+")
_FEWEST_DIGITS = 5


def read_address(text: str) -> tuple[str, str] | None:
    """Kind and normal spelling; None for what is neither an e-mail address nor a phone number."""
    text = text.replace("\0", "").strip().removeprefix("'").strip()  # spreadsheets guard a leading + with a quote
    if _EMAIL.fullmatch(text):
        spelled = normalised(EMAIL, text)
        return (EMAIL, spelled) if spelled else None
    if _PHONE.fullmatch(text):
        spelled = normalised(PHONE, text)
        return (PHONE, spelled) if sum(map(str.isdigit, spelled)) >= _FEWEST_DIGITS else None
    return None


def masked(address: str) -> str:
    """`ines@example.org` → `i…@example.org`, `+33612345678` → `+33…78`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}…@{host}" if at else f"{address[:3]}…{address[-2:]}"
