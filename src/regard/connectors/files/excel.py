"""Excel workbooks (.xlsx): the saved values of one sheet, streamed."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, zip_longest
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook

from regard.connectors.files.parquet import seekable
from regard.connectors.files.reading import Question, Reading, UnreadableFile, unique_names
from regard.connectors.files.rows import Broken, Part, part_from_rows, wrong_width
from regard.connectors.files.separators import header

Cells = list[str | None]


def sniff(path: Path, *, sheet: str | None) -> Reading:
    """The columns of the chosen sheet, else of the first one with anything in it."""
    with seekable(path) as file, _workbook(path, file, values=True) as book:
        filled = [page.title for page in book.worksheets if next(_filled(page), None) is not None]
        if not filled:
            raise UnreadableFile(f"{path.name} has no rows on any sheet.")
        if sheet is not None and sheet not in filled:
            raise UnreadableFile(f"{path.name} has no sheet “{sheet}” with rows (it has: {', '.join(filled)}).")
        chosen = sheet or filled[0]
        first = [cells for _, cells in islice(_filled(book[chosen]), 200)]
    width = max(len(cells) for cells in first)
    named, question = header([[cell or "" for cell in cells] for cells in first])
    if named and len(first) == 1:
        raise UnreadableFile(f"{path.name} has only a header line and no rows on sheet “{chosen}”.")
    names = [*(cell or "" for cell in first[0]), *([""] * (width - len(first[0])))] if named else [""] * width
    questions = [question] if question else []
    if sheet is None and len(filled) > 1:
        reason = f"The workbook has {len(filled)} sheets with rows."
        questions.append(Question(about="sheet", choices=tuple(filled), chosen=chosen, reason=reason))
    return Reading(kind="excel", columns=unique_names(names), header=named, sheet=chosen, questions=tuple(questions))


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    width = len(reading.columns)
    with seekable(path) as file, _workbook(path, file, values=True) as book:
        formulas = _formulas(path, file, reading)
        source = zip_longest(_filled(book[reading.sheet]), formulas) if formulas else _with_none(book, reading)
        records = enumerate(islice(source, 1 if reading.header else 0, None), start=1)
        while taken := list(islice(records, rows)):
            good: list[tuple[int, Cells]] = []
            broken: list[Broken] = []
            for number, (record, written) in taken:
                cells = record[1]
                problem = _problem(cells, written, reading.columns)
                if problem:
                    raw = "\t".join(cell or "" for cell in cells)
                    broken.append(Broken(number=number, problem=problem, raw=raw))
                else:
                    good.append((number, [*cells, *([None] * (width - len(cells)))]))
            yield part_from_rows(good, reading.columns, broken)


def _problem(cells: Cells, written: Cells | None, names: tuple[str, ...]) -> str | None:
    if len(cells) > len(names):
        return wrong_width(found=len(cells), expected=len(names))
    for index, formula in enumerate(written or ()):
        if formula and formula.startswith("=") and index < len(names):
            value = cells[index] if index < len(cells) else None
            if value is None:
                return (
                    f"Column “{names[index]}” holds a formula without a saved result: "
                    "open the workbook in a spreadsheet program and save it."
                )
            if value.startswith("#"):
                return f"Column “{names[index]}” holds the error {value}."
    return None


def _with_none(book: Any, reading: Reading) -> Iterator[tuple[tuple[int, Cells], None]]:
    return ((record, None) for record in _filled(book[reading.sheet]))


def _formulas(path: Path, file: IO[bytes], reading: Reading) -> Iterator[Cells] | None:
    """The cells as written, in step with the values; None when the workbook has no formula (the usual
    case)."""
    with zipfile.ZipFile(file) as archive:
        pages = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if not any(_has_formula(archive, name) for name in pages):
            return None
    return _written(path, reading)


def _written(path: Path, reading: Reading) -> Iterator[Cells]:
    with seekable(path) as file, _workbook(path, file, values=False) as book:
        for _, cells in _filled(book[reading.sheet]):
            yield cells


def _has_formula(archive: zipfile.ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as page:
        while block := page.read(1 << 20):
            if b"<f>" in before + block or b"<f " in before + block:
                return True
            before = block[-3:]
    return False


@contextmanager
def _workbook(path: Path, file: IO[bytes], *, values: bool) -> Iterator[Any]:
    try:
        book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its XML parser and its own code happen to raise
        raise UnreadableFile(f"{path.name} is a damaged Excel file: {error}") from error
    try:
        yield book
    finally:
        book.close()


def _filled(page: Any) -> Iterator[tuple[int, Cells]]:
    """(sheet row, cells) of rows that hold anything, without empty cells at their end."""
    for number, row in enumerate(page.iter_rows(values_only=True), start=1):
        cells = [_text(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, cells


def _text(cell: object) -> str | None:
    """A cell as a reader of the sheet would type it: ISO dates, whole numbers without “.0”."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="auto")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return repr(cell.total_seconds())
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).replace("\0", "\ufffd")
