"""Each item counts once in its workspace, whoever sends it again, whenever, in whatever company.

The first inbox row and position with an id keep it (committed before anything is written to ClickHouse), so a retry of a batch
finds its own items again and leaves the same rows out. A higher version of an item takes the place of a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import connection


@dataclass(frozen=True)
class Kept:
    rows: np.ndarray  # bool for each row: it belongs to an item that counts
    repeated: dict[int, int]  # inbox row → items that had been seen
    items: dict[int, int]  # inbox row → items that count
    newest: dict[bytes, int]  # items of a later version → that version: their older ones must go


_ARRIVING = """
create temporary table if not exists arriving (id uuid, inbox bigint, position integer, version integer) on commit delete rows
"""
_NEW = """
insert into ledger_seen (workspace_id, id, inbox, position, version) select %s, id, inbox, position, version from arriving
on conflict (workspace_id, id) {conflict} returning inbox, position
"""
_NEWER = (
    "do update set inbox = excluded.inbox, position = excluded.position, version = excluded.version "
    "where ledger_seen.version < excluded.version"
)
_OURS = """
select inbox, position from ledger_seen seen join arriving using (id, inbox, position) where seen.workspace_id = %s
"""


def keep_first(workspace: int, rows: pa.Table, *, retry: bool) -> Kept:
    inbox = rows.column("inbox").to_numpy()
    position = rows.column("position").to_numpy()
    item = inbox.astype(np.uint64) * np.uint64(_ITEMS) + position
    _, first, member = np.unique(item, return_index=True, return_inverse=True)
    ids = rows.column("id").take(pa.array(first)).to_pylist()
    versions = rows.column("version").take(pa.array(first)).to_numpy()
    candidates = _best(ids, versions)
    taken = _take(workspace, ids, item[first], versions, candidates, retry=retry)
    counts = np.zeros(len(first), bool)
    counts[candidates] = np.isin(item[first][candidates], taken)
    return Kept(
        rows=counts[member],
        repeated=_tally(inbox[first][~counts]),
        items=_tally(inbox[first][counts]),
        newest={ids[place]: int(versions[place]) for place in np.flatnonzero(counts & (versions > 0))},
    )


def _take(
    workspace: int, ids: list[bytes], items: np.ndarray, versions: np.ndarray, candidates: np.ndarray, *, retry: bool
) -> np.ndarray:
    """The items that are ours now, of those that ask."""
    conflict = _NEWER if versions.any() else "do nothing"
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVING)
        cursor.execute("delete from arriving")
        with cursor.copy("copy arriving from stdin (format binary)") as copy:
            copy.write(_binary([ids[place] for place in candidates], items[candidates], versions[candidates]))
        cursor.execute(_NEW.format(conflict=conflict), [workspace])
        found = cursor.fetchall()
        if retry and len(found) < len(candidates):
            cursor.execute(_OURS, [workspace])
            found += cursor.fetchall()
    return np.array([box * _ITEMS + spot for box, spot in found], np.uint64)


#: A chunk has far fewer items than this.
_ITEMS = 2**24
_ROW = np.dtype(
    [("fields", ">i2"), ("l1", ">i4"), ("id", "V16"), ("l2", ">i4"), ("inbox", ">i8"), ("l3", ">i4"), ("position", ">i4"),
     ("l4", ">i4"), ("version", ">i4")]
)  # fmt: skip


def _binary(ids: list[bytes], items: np.ndarray, versions: np.ndarray) -> bytes:
    """PostgreSQL's binary COPY: rows of one shape, so that they are written as one block of memory."""
    rows = np.zeros(len(ids), _ROW)
    rows["fields"], rows["l1"], rows["l2"], rows["l3"], rows["l4"] = 4, 16, 8, 4, 4
    rows["id"] = np.frombuffer(b"".join(ids), "V16")
    rows["inbox"], rows["position"], rows["version"] = items // np.uint64(_ITEMS), items % np.uint64(_ITEMS), versions
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


def _best(ids: list[bytes], versions: np.ndarray) -> np.ndarray:
    """Of several items with one id in this batch: the highest version, and of equal ones the first."""
    best: dict[bytes, int] = {}
    for place, id in enumerate(ids):
        if id not in best or versions[place] > versions[best[id]]:
            best[id] = place
    return np.fromiter(best.values(), np.int64, len(best))


def _tally(inboxes: np.ndarray) -> dict[int, int]:
    found, counts = np.unique(inboxes, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))
