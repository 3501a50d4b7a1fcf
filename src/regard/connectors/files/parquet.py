"""Parquet: already columns; they become text, so that one decoding serves every kind of file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regard.connectors.files.opening import blocks, is_gzipped
from regard.connectors.files.reading import Reading, UnreadableFile
from regard.connectors.files.rows import Part


@contextmanager
def seekable(path: Path) -> Iterator[IO[bytes]]:
    """The unpacked file, for formats that are read from their end."""
    if not is_gzipped(path):
        with path.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as plain:
        for block in blocks(path):
            plain.write(block)
        plain.seek(0)
        yield plain


def names(path: Path) -> list[str]:
    with seekable(path) as file, _opened(path, file) as parquet:
        return [str(name) for name in parquet.schema_arrow.names]


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    first = 1
    with seekable(path) as file, _opened(path, file) as parquet:
        try:
            for batch in parquet.iter_batches(batch_size=rows):
                columns = [_as_text(column) for column in batch.columns]
                numbers = np.arange(first, first + batch.num_rows, dtype=np.uint32)
                cells = pa.Table.from_arrays(columns, names=list(reading.columns))
                yield Part(cells=cells, numbers=numbers)
                first += batch.num_rows
        except (pa.ArrowInvalid, OSError) as error:
            raise UnreadableFile(f"{path.name} is a damaged Parquet file: {error}") from error


@contextmanager
def _opened(path: Path, file: IO[bytes]) -> Iterator[pq.ParquetFile]:
    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFile(f"{path.name} is a damaged or truncated Parquet file.") from error
    with parquet:
        yield parquet


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        cells = (
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        )
        return pa.array(list(cells), pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        cells = (None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist())
        return pa.array(list(cells), pa.string())
    return pc.cast(column, pa.string())
