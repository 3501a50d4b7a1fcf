"""A ledger and a mirror made by hand, row by row."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from regard.segments.mirror import PEOPLE
from regard.warehouse import warehouse

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_TYPES = {
    "workspace": pa.uint32(), "kind": pa.string(), "profile": pa.uint64(), "at": pa.timestamp("ms", "UTC"), "id": pa.binary(16),
    "touchpoint": pa.uint32(), "event": pa.string(), "channel": pa.string(), "outcome": pa.string(), "money": pa.decimal128(18, 4),
    "currency": pa.string(), "unit": pa.uint32(), "metric": pa.string(), "scale_low": pa.int16(), "scale_high": pa.int16(),
    "score": pa.float64(),
}  # fmt: skip
_USUAL: dict[str, Any] = {
    "kind": "interaction", "touchpoint": 0, "event": "", "channel": "", "outcome": "", "money": None, "currency": "", "metric": "",
    "scale_low": 0, "scale_high": 0, "score": None,
}  # fmt: skip


def happened(workspace: Any, *rows: dict[str, Any]) -> None:
    """Rows of the ledger, of which no more is said than matters; all in one month an insert."""
    whole = [
        {**_USUAL, "workspace": workspace.pk, "unit": workspace.root.pk, "id": uuid.uuid4().bytes, **row}
        for row in rows
    ]
    for month in sorted({row["at"].strftime("%Y-%m") for row in whole}):
        some = [row for row in whole if row["at"].strftime("%Y-%m") == month]
        table = pa.table({name: pa.array([row[name] for row in some], type) for name, type in _TYPES.items()})
        warehouse().insert("ledger", table, token=uuid.uuid4().hex)


def people(
    workspace: Any, whose: dict[int, int], *, accounts: tuple[int, ...] = (), version: int = 1, **traits: str
) -> None:
    """Profiles with the customer whose they are."""
    count = len(whose)
    rows = pa.table(
        {
            "workspace": pa.array([workspace.pk] * count, pa.uint32()),
            "profile": pa.array(list(whose), pa.uint64()),
            "customer": pa.array(list(whose.values()), pa.uint64()),
            "is_account": pa.array([profile in accounts for profile in whose], pa.bool_()),
            "traits": pa.array([list(traits.items())] * count, pa.map_(pa.string(), pa.string())),
            "version": pa.array([version] * count, pa.uint64()),
        }
    )
    warehouse().insert(PEOPLE.name, rows, token=uuid.uuid4().hex)
