"""Rows → ClickHouse, one month an insert, each under a token: the same insert again changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from regard.ledger.ddl import KINDS, LEDGER
from regard.ledger.mapping.rules import MOST_MONEY
from regard.warehouse import warehouse
from regard.warehouse.client import in_months

LARGEST_INSERT = 100_000
_TEXTS = ("event", "channel", "outcome", "currency", "metric", "text", "language", "programme")
NOBODY = bytes(16)


def write(workspace: int, batch: int, rows: pa.Table) -> None:
    """`rows` are of the schema ROWS with `profile`, `touchpoint_id`, `unit_id`, `placed`, `source` and `received`."""
    for month, part in in_months(ledger_rows(workspace, rows)):
        pieces = [part.slice(start, LARGEST_INSERT) for start in range(0, part.num_rows, LARGEST_INSERT)]
        if len(pieces) == 1:
            warehouse().insert(LEDGER.name, part, token=f"batch-{batch}-{month}")
        else:
            _insert_together(pieces, f"batch-{batch}-{month}")


def _insert_together(pieces: list[pa.Table], token: str) -> None:
    """One insert sorts and packs on one core; two at a time use both. Pieces of one batch are cut alike each time it is tried."""

    def insert(number: int) -> None:
        try:
            warehouse().insert(LEDGER.name, pieces[number], token=f"{token}-{number}")
        finally:
            warehouse().close()  # clients belong to their thread, which ends here

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(insert, range(len(pieces))))


def ledger_rows(workspace: int, rows: pa.Table) -> pa.Table:
    rows = rows.filter(pc.is_in(rows.column("kind"), pa.array(KINDS)))
    count = rows.num_rows
    columns: dict[str, object] = {
        "workspace": pa.array(np.full(count, workspace, np.uint32)),
        "kind": rows.column("kind"),
        "profile": rows.column("profile"),
        "at": rows.column("at"),
        "id": rows.column("id"),
        "part": rows.column("part"),
        "version": rows.column("version"),
        "touchpoint": rows.column("touchpoint_id"),
        "duration": _finite(rows.column("duration"), 1e12),
        "money": _finite(rows.column("money"), MOST_MONEY),
        "handovers": rows.column("handovers"),
        "unit": rows.column("unit_id"),
        "placed": rows.column("placed"),
        "scale_low": pc.fill_null(rows.column("scale_low"), 0),
        "scale_high": pc.fill_null(rows.column("scale_high"), 0),
        "score": _finite(rows.column("score"), 1e9),
        "response": pc.fill_null(rows.column("response"), NOBODY),
        "source": rows.column("source"),
        "inbox": rows.column("inbox"),
        "received": rows.column("received"),
    }
    for name in _TEXTS:
        columns[name] = pc.fill_null(rows.column(name), "")
    columns["properties"] = _filled(rows.column("properties").combine_chunks())
    return pa.table(columns)


def _filled(column: pa.DictionaryArray) -> pa.Array:
    """Empty text for null; kept as a dictionary where rows share their values, as the answers of one response do."""
    indices = pc.fill_null(column.indices, len(column.dictionary))
    dictionary = pa.concat_arrays([column.dictionary, pa.array([""])])
    if len(dictionary) > len(column) / 2:
        return dictionary.take(indices)
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def _finite(column: pa.ChunkedArray, limit: float) -> pa.ChunkedArray:
    """Numbers that ClickHouse can hold; others are left out rather than stop the batch."""
    return pc.if_else(pc.less(pc.abs(column), limit), column, pa.scalar(None, column.type))


def remove(workspace: int, *, inboxes: list[int]) -> None:
    """Take back the rows of these inbox rows."""
    warehouse().execute(
        f"delete from {LEDGER.local(settings.LEDGER_CLUSTER)} where workspace = {{workspace:UInt32}} and inbox in {{inboxes:Array(UInt64)}}",
        {"workspace": workspace, "inboxes": inboxes},
    )


def remove_older(workspace: int, newest: dict[bytes, int]) -> None:
    """Take back older versions of these items (id → the version that counts now), before the newer ones are written."""
    if not newest:
        return
    warehouse().execute(
        f"delete from {LEDGER.local(settings.LEDGER_CLUSTER)} where workspace = {{workspace:UInt32}} and hex(id) in {{ids:Array(String)}} "
        "and version < transform(hex(id), {ids:Array(String)}, {versions:Array(UInt32)}, toUInt32(0))",
        {"workspace": workspace, "ids": [id.hex().upper() for id in newest], "versions": list(newest.values())},
    )
