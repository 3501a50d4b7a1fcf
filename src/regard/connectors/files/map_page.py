"""The table in which people say what columns become: of a file or of a connection's stream."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from regard.connectors.files.forms import BECOMES, CONSTANTS, METRICS
from regard.connectors.files.import_map import ColumnMap, ImportMap
from regard.connectors.files.queries import examples

MOST_SHOWN = 300


@dataclass(frozen=True)
class Row:
    """One line of the table of columns."""

    index: int
    column: ColumnMap
    examples: list[str]

    @property
    def low(self) -> str:
        return str(self.column.scale[0]) if self.column.scale else ""

    @property
    def high(self) -> str:
        return str(self.column.scale[1]) if self.column.scale else ""

    @property
    def na(self) -> str:
        return ", ".join(str(cell) for cell in self.column.not_applicable)


def map_parts(import_map: ImportMap, first: pa.Table) -> dict[str, object]:
    """What `_columns.html` and `_constants.html` show; `first` are raw rows for examples."""
    cells = examples(first)
    columns = import_map.columns
    return {
        "rows": [Row(at, column, cells.get(column.column, [])) for at, column in enumerate(columns[:MOST_SHOWN])],
        "hidden": max(len(columns) - MOST_SHOWN, 0),
        "scores": len(import_map.each("score")),
        "constants": [(name, label, getattr(import_map.constants, name)) for name, label in CONSTANTS.items()],
        "becomes": BECOMES.items(),
        "metrics": METRICS.items(),
    }
