"""Text in columns aligned with spaces, as statistics packages print it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.opening import lines
from regard.connectors.files.reading import Reading
from regard.connectors.files.rows import Broken, Part, wrong_width


def parts(path: Path, *, reading: Reading, rows: int) -> Iterator[Part]:
    names, width = list(reading.columns), len(reading.columns)
    source = (line for line in lines(path, reading=reading) if line.strip())
    if reading.header:
        next(source, None)
    first = 1
    while taken := list(islice(source, rows)):
        cells = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(pa.array(taken, pa.string())))
        widths = pc.list_value_length(cells).to_numpy(zero_copy_only=False)
        fits = widths == width
        good = cells.filter(pa.array(fits)).flatten()
        columns = [good.take(pa.array(np.arange(index, len(good), width))) for index in range(width)]
        broken = [
            Broken(
                number=first + int(index),
                problem=wrong_width(found=int(widths[index]), expected=width),
                raw=taken[index],
            )
            for index in np.flatnonzero(~fits)
        ]
        numbers = (first + np.flatnonzero(fits)).astype(np.uint32)
        yield Part(cells=pa.Table.from_arrays(columns, names=names), numbers=numbers, broken=broken)
        first += len(taken)
