"""Text with separators: Arrow's streaming reader, or a line-by-line one where quotes do not pair up."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from regard.connectors.files.opening import Utf8Stream, lines
from regard.connectors.files.reading import Reading, UnreadableFile
from regard.connectors.files.rows import Broken, Part, part_from_rows, wrong_width

BLOCK = 2 << 20
# A quoted cell may hold line breaks; one that runs on for longer than this was never closed.
LONGEST_CELL_LINES = 500


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    return _careful(path, reading, rows) if reading.careful else _fast(path, reading)


def _fast(path: Path, reading: Reading) -> Iterator[Part]:
    names = list(reading.columns)
    # Arrow parses ahead in a thread of its own: broken rows arrive before the good ones of their block.
    skipped: deque[Broken] = deque()
    titles = 1 if reading.header else 0

    def keep(row: arrow_csv.InvalidRow) -> str:
        problem = wrong_width(found=row.actual_columns, expected=row.expected_columns)
        skipped.append(Broken(number=row.number - titles, problem=problem, raw=row.text))
        return "skip"

    next_number = 1
    try:
        reader = _open(path, reading, names, keep)
        for batch in reader:
            broken = _among(skipped, first=next_number, good=batch.num_rows)
            numbers = _numbers(next_number, batch.num_rows, broken)
            next_number += batch.num_rows + len(broken)
            yield Part(cells=pa.Table.from_batches([batch]), numbers=numbers, broken=broken)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFile(_sentence(path, error, next_number)) from error
    if skipped:
        empty = pa.schema([(name, pa.string()) for name in names]).empty_table()
        yield Part(cells=empty, numbers=np.array([], np.uint32), broken=list(skipped))


def _among(skipped: deque[Broken], *, first: int, good: int) -> list[Broken]:
    """The broken rows that lie before, between or just behind the next `good` rows."""
    broken: list[Broken] = []
    while skipped and skipped[0].number <= first + good + len(broken):
        broken.append(skipped.popleft())
    return broken


def _open(path: Path, reading: Reading, names: list[str], keep: object) -> arrow_csv.CSVStreamingReader:
    return arrow_csv.open_csv(
        pa.PythonFile(Utf8Stream(path, reading=reading), mode="r"),
        read_options=arrow_csv.ReadOptions(
            # Record numbers of broken rows are only told by the single-threaded reader.
            use_threads=False,
            block_size=BLOCK,
            column_names=names,
            skip_rows_after_names=1 if reading.header else 0,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=reading.separator,
            quote_char=reading.quote or False,
            newlines_in_values=True,
            invalid_row_handler=keep,
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
        ),
    )


def _numbers(first: int, good: int, broken: list[Broken]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Record numbers of the good rows: consecutive, with those of the broken ones left out."""
    everyone = np.arange(first, first + good + len(broken), dtype=np.uint32)
    return np.setdiff1d(everyone, np.array([row.number for row in broken], np.uint32), assume_unique=True)


def _sentence(path: Path, error: Exception, record: int) -> str:
    if "straddling" in str(error):
        return f"{path.name} has a row of more than 2 MB after record {record}: a quote there may never close."
    return f"{path.name} cannot be read after record {record}: {error}"


def _careful(path: Path, reading: Reading, rows: int) -> Iterator[Part]:
    names, width = list(reading.columns), len(reading.columns)
    good: list[tuple[int, list[str | None]]] = []
    broken: list[Broken] = []
    source = _records(lines(path, reading=reading), reading)
    if reading.header:
        next(source, None)
    for number, (cells, raw) in enumerate(source, start=1):
        if cells is None:
            problem = "A quote opens in this row and never closes."
            broken.append(Broken(number=number, problem=problem, raw=raw))
        elif len(cells) != width:
            problem = wrong_width(found=len(cells), expected=width)
            broken.append(Broken(number=number, problem=problem, raw=raw))
        else:
            good.append((number, list(cells)))
        if len(good) + len(broken) >= rows:
            yield part_from_rows(good, names, broken)
            good, broken = [], []
    if good or broken:
        yield part_from_rows(good, names, broken)


def _records(source: Iterator[str], reading: Reading) -> Iterator[tuple[list[str] | None, str]]:
    """(cells, raw text) per record; where a quote never closes, None and the one line that opens it."""
    csv.field_size_limit(1 << 30)
    waiting: Iterator[str] = source
    while (line := next(waiting, None)) is not None:
        if not line.strip():
            continue
        taken = [line]
        while _is_open(taken, reading):
            following = next(waiting, None) if len(taken) < LONGEST_CELL_LINES else None
            if following is None:
                waiting = chain(taken[1:], waiting)
                taken = []
                break
            taken.append(following)
        if not taken:
            yield None, line
            continue
        cells = next(csv.reader(taken_with_ends(taken), delimiter=reading.separator, quotechar=reading.quote))
        yield cells, "\n".join(taken)


def taken_with_ends(taken: list[str]) -> list[str]:
    """Lines with the breaks that belong into their quoted cells."""
    return [*(line + "\n" for line in taken[:-1]), taken[-1]]


def _is_open(taken: list[str], reading: Reading) -> bool:
    """Does a quoted cell go on after these lines?"""
    if reading.quote not in taken[-1]:
        return len(taken) > 1
    try:
        list(csv.reader(taken_with_ends(taken), delimiter=reading.separator, quotechar=reading.quote, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
