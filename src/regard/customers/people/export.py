"""Customers as a file: streamed in pages, so that its size does not matter to the server's memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO
from zoneinfo import ZoneInfo

from defusedcsv import csv
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regard.customers.people.listing import Listing
from regard.customers.people.page import filled, titles
from regard.customers.people.queries import in_order
from regard.customers.people.slots import SLOTS
from regard.customers.search.queries import search
from regard.warehouse.scope import Scope

#: A sheet takes 1,048,576 rows and is made before it is sent; more go into a CSV.
MOST_IN_A_SHEET = 100_000
_AT_ONCE = 1_000
#: What an XML file cannot hold.
_UNWRITABLE = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}


def ids(scope: Scope, listing: Listing, *, after: int = 0) -> Iterator[list[int]]:
    """All customers of a list, a page at a time, by id after `after`. By words: those that the search finds."""
    if listing.words:
        found = [person.id for person in search(scope, listing.words).people]
        if listing.filtered and found:
            found = SLOTS.listed(scope, listing, len(found), 0, found)
        yield from _pages(found)
        return
    while some := SLOTS.following(scope, listing, after, _AT_ONCE):
        yield some
        after = some[-1]


def how_many(scope: Scope, listing: Listing) -> int:
    return sum(len(some) for some in ids(scope, listing)) if listing.words else SLOTS.number(scope, listing)


def table(scope: Scope, listing: Listing, zone: ZoneInfo, chosen: list[int] | None = None) -> Iterator[list[str]]:
    """A row of titles, then one for each customer; the reader's language and the workspace's zone are kept while it is streamed."""
    language = translation.get_language() or "en"
    head = [_("Id"), _("Name"), *titles(listing)]
    return _table(scope, listing, zone, language, head, chosen)


def _table(
    scope: Scope, listing: Listing, zone: ZoneInfo, language: str, head: list[str], chosen: list[int] | None
) -> Iterator[list[str]]:
    yield head
    for some in ids(scope, listing) if chosen is None else _pages(chosen):
        with timezone.override(zone), translation.override(language):
            rows = filled(scope, listing, in_order(scope, some), plain=True)
            page = [[str(row.person.id), row.person.name, *(cell for _title, cell in row.cells)] for row in rows]
        yield from page


class _Echo:
    """What the CSV writer writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterator[list[str]]) -> Iterator[str]:
    """Cells that a spreadsheet would run as formulas are defused."""
    writer = csv.writer(_Echo())
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    for row in rows:
        yield writer.writerow(row)


def as_sheet(rows: Iterator[list[str]]) -> IO[bytes]:
    """A workbook whose cells are all text: nothing in it is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Customers")[:31])
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text.translate(_UNWRITABLE)[:32_767])
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
    book.save(file)
    file.seek(0)
    return file


def _pages(customers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(customers), _AT_ONCE):
        yield customers[start : start + _AT_ONCE]
