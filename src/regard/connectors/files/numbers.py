"""Cells → numbers, a column at a time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"
_SPACES = r"[\s\x{00A0}\x{202F}'’]"
_MONEY = r"[\p{Sc}]|\b[A-Z]{3}\b"


def to_numbers(cells: pa.Array, *, decimal: str, money: bool = False) -> pa.Array:
    """float64, null for what is no number (and for null). Thousands separators of the notation are dropped.

    `money` also drops currency signs and codes. Infinite and absurdly large values are no numbers.
    """
    plain = pc.utf8_trim_whitespace(cells)
    if money:
        plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, _MONEY, ""))
    group, point = (".", ",") if decimal == "," else (",", ".")
    grouped = pc.match_substring_regex(
        plain, rf"^[+-]?\d{{1,3}}([{group}\s\x{{00A0}}\x{{202F}}'’]\d{{3}})+([{point}]\d*)?$"
    )
    bare = pc.replace_substring_regex(pc.replace_substring(plain, group, ""), _SPACES, "")
    plain = pc.if_else(grouped, bare, plain)
    if decimal == ",":
        # A point left over is another notation, and reading it would be a guess.
        plain = pc.if_else(pc.match_substring(plain, "."), None, plain)
        plain = pc.replace_substring(plain, ",", ".")
    fits = pc.match_substring_regex(plain, _NUMBER)
    numbers = pc.cast(pc.if_else(fits, plain, None), pa.float64())
    return pc.if_else(pc.less(pc.abs(numbers), 1e15), numbers, None)
