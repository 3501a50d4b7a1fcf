"""JSON objects for many rows at once, from columns."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc


def quoted(cells: pa.Array) -> pa.Array:
    """Each cell as a JSON string; null stays null. Control characters that JSON forbids become spaces."""
    plain = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '\\"')
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        plain = pc.replace_substring(plain, character, escape)
    plain = pc.replace_substring_regex(plain, r"[\x00-\x1f]", " ")
    return pc.binary_join_element_wise('"', plain, '"', "")


def objects(members: Iterable[tuple[str, pa.Array]], *, size: int) -> pa.Array:
    """JSON object text per row from (name, JSON values); null values are left out, empty objects are null."""
    # Joining with "skip" shortens the column when a whole row is null, so each member leads with its comma
    # and the first comma is cut.
    pieces = [
        pc.fill_null(pc.binary_join_element_wise(f",{json.dumps(name, ensure_ascii=False)}:", cells, ""), "")
        for name, cells in members
    ]
    if not pieces:
        return pa.nulls(size, pa.string())
    inside = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*pieces, ""), 1)
    inside = pc.if_else(pc.equal(inside, ""), None, inside)
    return pc.binary_join_element_wise("{", inside, "}", "")


def numerals(numbers: pa.Array) -> pa.Array:
    """float64 → JSON numbers, whole ones without a point."""
    whole = pc.equal(numbers, pc.round(numbers))
    integers = pc.cast(pc.cast(pc.if_else(whole, numbers, None), pa.int64()), pa.string())
    return pc.coalesce(integers, pc.cast(numbers, pa.string()))
