"""What every reader hands on: cells of good rows, and the broken ones as they stand in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

ROW, PROBLEM, RAW = "_row", "_problem", "_raw"
#: Only records of connections have them: by what a record is known, and which version of it this is.
KEY, VERSION = "_key", "_version"
OWN = (ROW, PROBLEM, RAW, KEY, VERSION)


@dataclass(frozen=True)
class Broken:
    """A record that does not split into the columns of its file."""

    number: int
    problem: str
    raw: str


@dataclass(frozen=True)
class Part:
    """Some consecutive records. `cells` has the file's columns as strings, `numbers` their record numbers."""

    cells: pa.Table
    numbers: npt.NDArray[np.uint32]
    broken: list[Broken] = field(default_factory=list)


def schema(names: Iterable[str]) -> pa.Schema:
    """The columns of a chunk."""
    cells = [pa.field(name, pa.string()) for name in names]
    return pa.schema([*cells, pa.field(ROW, pa.uint32()), pa.field(PROBLEM, pa.string()), pa.field(RAW, pa.string())])


def wrong_width(*, found: int, expected: int) -> str:
    if found < expected:
        return f"The row has {found} cells where the file has {expected} columns; it may be cut off."
    return f"The row has {found} cells where the file has {expected} columns."


def part_from_rows(records: list[tuple[int, list[str | None]]], names: Iterable[str], broken: list[Broken]) -> Part:
    """A part from rows held as lists, for readers that have no columns of their own."""
    columns = list(zip(*(cells for _, cells in records), strict=True)) if records else []
    names = list(names)
    arrays = [pa.array(column, pa.string()) for column in columns] or [pa.nulls(0, pa.string()) for _ in names]
    return Part(
        cells=pa.Table.from_arrays(arrays, names=names),
        numbers=np.array([number for number, _ in records], dtype=np.uint32),
        broken=broken,
    )
