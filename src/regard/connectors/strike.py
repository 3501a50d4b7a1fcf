"""Taking rows out of a chunk that is kept in the inbox: their cells go, and the mark of an erased item takes their place."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.rows import PROBLEM, ROW, VERSION
from regard.ledger.inbox.strike import MARK, Body, Replace

_NUMBERS = (ROW, VERSION)


def _strike(body: bytes, items: Collection[int], replace: Replace) -> bytes:
    chunk = pa.ipc.open_stream(body).read_all()
    struck = pa.array(np.isin(np.arange(chunk.num_rows), list(items)))
    for place, name in enumerate(chunk.column_names):
        if name in _NUMBERS:
            continue
        cells = chunk.column(name).combine_chunks().cast(pa.string()).dictionary_encode()
        words = pa.array(
            [None if word is None else replace(word) for word in cells.dictionary.to_pylist()], pa.string()
        )
        kept = words.take(cells.indices)
        instead = pa.scalar(MARK if name == PROBLEM else None, pa.string())
        chunk = chunk.set_column(place, name, pc.if_else(struck, instead, kept))
    if PROBLEM not in chunk.column_names:
        chunk = chunk.append_column(PROBLEM, pc.if_else(struck, pa.scalar(MARK), pa.scalar(None, pa.string())))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, chunk.schema) as writer:
        writer.write_table(chunk)
    return bytes(sink.getvalue().to_pybytes())


def _names(body: bytes, pattern: re.Pattern[str]) -> bool:
    chunk = pa.ipc.open_stream(body).read_all()
    return any(
        pc.any(pc.match_substring_regex(chunk.column(name).cast(pa.string()), pattern.pattern)).as_py()
        for name in chunk.column_names
        if name not in _NUMBERS
    )


CHUNK = Body(_strike, _names)
