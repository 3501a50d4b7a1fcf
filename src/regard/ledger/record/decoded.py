from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from regard.ledger.record.batch import Arrival
from regard.ledger.record.columns import REFUSED, ROWS


@dataclass(frozen=True)
class Decoded:
    """What a way in made of inbox rows: rows for the ledger (schema ROWS), items it could not use (schema REFUSED)."""

    rows: pa.Table
    refused: pa.Table

    @classmethod
    def nothing(cls) -> Decoded:
        return cls(ROWS.empty_table(), REFUSED.empty_table())


def together(parts: Sequence[Decoded]) -> Decoded:
    if not parts:
        return Decoded.nothing()
    return Decoded(pa.concat_tables([part.rows for part in parts]), pa.concat_tables([part.refused for part in parts]))


#: Reads inbox rows of one form, all of one workspace.
Decoder = Callable[[int, Sequence[Arrival]], Decoded]
