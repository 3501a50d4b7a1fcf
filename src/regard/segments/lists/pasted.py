"""Identifiers as somebody pastes or uploads them: one a line, or a column of a table."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from regard.customers.identity.names import EMAIL, PHONE, USER

#: How columns are called that hold identifiers, and of which kind; "" is any kind.
_TITLES = {
    "email": EMAIL, "e-mail": EMAIL, "mail": EMAIL, "phone": PHONE, "msisdn": PHONE, "user id": USER, "user_id": USER, "userid": USER,
    "id": "", "customer": "", "identifier": "",
}  # fmt: skip
_LONGEST = 512


@dataclass(frozen=True)
class Pasted:
    values: tuple[str, ...]
    #: What the column's title says they are; "" where nothing says so.
    kind: str = ""


def read_pasted(text: str, kinds: Collection[str]) -> Pasted:
    """Each value once, in order. Of a table the column whose title is a kind of identifier, else the first column."""
    lines = text.replace("\0", "").removeprefix("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    rows = _rows(lines, max(",;\t", key=head.count))
    first = next(rows, [])
    titles = {kind.lower(): kind for kind in kinds} | _TITLES
    place = next((place for place, cell in enumerate(first) if cell.lower() in titles), None)
    found = [] if place is not None else [first]
    values = (row[place or 0] for row in [*found, *rows] if len(row) > (place or 0))
    once = tuple(dict.fromkeys(value[:_LONGEST] for value in values if value))
    return Pasted(once, "" if place is None else titles[first[place].lower()])


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(lines: list[str], separator: str) -> Iterator[list[str]]:
    """Line by line: a quotation mark that nobody closes spoils its own line only."""
    for line in lines:
        if line.strip():
            try:
                cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
            except csv.Error:  # a cell beyond any size
                cells = [line]
            yield [cell.strip() for cell in cells]
