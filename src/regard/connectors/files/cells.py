"""The cells of one chunk as the map reads them, and the rows that hold something it cannot read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.import_map import Cell, ImportMap
from regard.connectors.files.rows import PROBLEM
from regard.ledger.inbox.strike import DETAIL, ERASED, MARK

LONGEST_SHOWN = 80


@dataclass
class Cells:
    """A chunk under its map. `fault` collects at most one reason per row: the first found counts."""

    table: pa.Table
    import_map: ImportMap
    codes: npt.NDArray[np.object_] = field(init=False)
    details: npt.NDArray[np.object_] = field(init=False)
    _read: dict[str, pa.Array] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        size = self.table.num_rows
        self.codes, self.details = np.full(size, None, dtype=object), np.full(size, None, dtype=object)
        if PROBLEM in self.table.column_names:
            problems = self.table[PROBLEM]
            for row in np.flatnonzero(np.asarray(problems.is_valid())):
                problem = problems[int(row)].as_py()
                self.codes[row], self.details[row] = (ERASED, DETAIL) if problem == MARK else ("broken_row", problem)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def text(self, column: str) -> pa.Array:
        """The column's cells, trimmed; null where blank."""
        if column not in self._read:
            cells = self.table[column].combine_chunks() if column in self.table.column_names else None
            if cells is None:
                cells = pa.nulls(len(self), pa.string())
            self._read[column] = by_distinct(cells, self._without_blanks)
        return self._read[column]

    def fault(self, rows: pa.Array, *, code: str, column: str, says: str) -> None:
        """Refuse the rows where the mask holds; `says` ends the sentence that begins with column and cell."""
        where = np.flatnonzero(pc.fill_null(rows, False).to_numpy(zero_copy_only=False))
        cells = self.text(column)
        for row in where:
            if self.codes[row] is None:
                shown = cells[int(row)].as_py() or ""
                shown = shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"
                self.codes[row], self.details[row] = code, f"Column “{column}”: “{shown}” {says}."

    def fault_rows(self, rows: npt.NDArray[np.bool_], *, code: str, detail: str) -> None:
        """Refuse whole rows for a reason that lies in no single cell."""
        for row in np.flatnonzero(rows):
            if self.codes[row] is None:
                self.codes[row], self.details[row] = code, detail

    def usable(self) -> npt.NDArray[np.bool_]:
        return np.asarray([code is None for code in self.codes], dtype=np.bool_)

    def _without_blanks(self, cells: pa.Array) -> pa.Array:
        plain = pc.utf8_trim_whitespace(pc.replace_substring(cells, "\0", "\ufffd"))
        return pc.if_else(one_of(plain, self.import_map.blank), None, plain)


def by_distinct(cells: pa.Array, work: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`work` done once per distinct cell. Columns of scores and categories have few of them."""
    encoded = cells.dictionary_encode()
    return work(encoded.dictionary).take(encoded.indices)


def one_of(cells: pa.Array, words: Iterable[Cell]) -> pa.Array:
    """Is the cell one of the words, whatever its case? Never null."""
    wanted = pa.array([str(word).strip().casefold() for word in words], pa.string())
    return pc.fill_null(pc.is_in(pc.utf8_lower(cells), value_set=wanted, skip_nulls=True), False)
