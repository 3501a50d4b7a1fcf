"""Rows as a file for spreadsheets: CSV, streamed, or a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO

from defusedcsv import csv

Cell = str | int | float
#: A sheet takes 1,048,576 rows and is made before it is sent; more go into a CSV.
MOST_IN_A_SHEET = 100_000
#: What an XML file cannot hold.
_UNWRITABLE = {code: "\ufffd" for code in range(32) if code not in (9, 10, 13)}
#: What the name of a sheet cannot hold.
_UNTITLED = {ord(sign): " " for sign in "\\/?*[]:"} | _UNWRITABLE


class _Echo:
    """What the CSV writer writes is handed on at once."""

    def write(self, text: str) -> str:
        return text


def as_csv(rows: Iterator[Sequence[Cell]]) -> Iterator[str]:
    """Cells that a spreadsheet would run as formulas are defused."""
    writer = csv.writer(_Echo())
    yield "\ufeff"  # so that spreadsheets read it as UTF-8
    for row in rows:
        yield writer.writerow(row)


def as_sheet(rows: Iterator[Sequence[Cell]], name: str) -> IO[bytes]:
    """A workbook whose texts are texts and whose numbers are numbers: nothing in it is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.translate(_UNTITLED)[:31].strip("' ") or "1")
    for row in rows:
        cells = []
        for value in row:
            if not isinstance(value, str):
                cells.append(WriteOnlyCell(sheet, value))
                continue
            cell = WriteOnlyCell(sheet, value.translate(_UNWRITABLE)[:32_767])
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
    book.save(file)
    file.seek(0)
    return file
