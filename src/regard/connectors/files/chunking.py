"""A file as a stream of Arrow tables of text, each row numbered; broken rows come along with their fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from regard.connectors.files import aligned, delimited, excel, jsonlines, mails, parquet
from regard.connectors.files.reading import Reading
from regard.connectors.files.rows import PROBLEM, RAW, ROW, Part, schema

READERS = {
    "delimited": delimited.parts,
    "aligned": aligned.parts,
    "excel": excel.parts,
    "jsonl": jsonlines.parts,
    "json": jsonlines.parts,
    "mbox": mails.parts,
    "parquet": parquet.parts,
}


def chunks(path: Path, *, reading: Reading, rows: int = 20_000) -> Iterator[pa.Table]:
    """Tables of at most `rows` rows (all but the last have exactly that many), in file order.

    Columns: those of `reading`, all string, raw as in the file (an empty cell is "", one the format calls
    missing is null); `_row` uint32, counted from 1 over all records of the file; `_problem` and `_raw`
    strings, set for rows that could not be split into cells. Memory does not grow with the file. The same
    file gives the same chunks each time. Raises UnreadableFile.
    """
    names = reading.columns
    held: list[pa.Table] = []
    count = 0
    for part in READERS[reading.kind](path, reading=reading, rows=rows):
        table = _numbered(part, names)
        while count + table.num_rows >= rows:
            cut = rows - count
            yield pa.concat_tables([*held, table.slice(0, cut)]).combine_chunks()
            table, held, count = table.slice(cut), [], 0
        if table.num_rows:
            held.append(table)
            count += table.num_rows
    if held:
        yield pa.concat_tables(held).combine_chunks()


def sample(path: Path, *, reading: Reading, rows: int = 5000) -> pa.Table:
    """The first rows, for a preview or a guess."""
    found = next(iter(islice(chunks(path, reading=reading, rows=rows), 1)), None)
    return found if found is not None else schema(reading.columns).empty_table()


def _numbered(part: Part, names: Iterable[str]) -> pa.Table:
    """Good and broken rows of one part in the order of the file."""
    wanted = schema(names)
    good = part.cells
    size = good.num_rows
    empty = pa.nulls(size, pa.string())
    good = pa.Table.from_arrays([*good.columns, pa.array(part.numbers, pa.uint32()), empty, empty], schema=wanted)
    if not part.broken:
        return good
    nothing = {name: pa.nulls(len(part.broken), pa.string()) for name in wanted.names}
    bad = pa.table(
        {
            **nothing,
            ROW: pa.array([row.number for row in part.broken], pa.uint32()),
            PROBLEM: pa.array([row.problem for row in part.broken], pa.string()),
            RAW: pa.array([row.raw for row in part.broken], pa.string()),
        },
        schema=wanted,
    )
    return pa.concat_tables([good, bad]).sort_by(ROW)
