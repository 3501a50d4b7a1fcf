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


_NEW = """
insert into ledger_seen (workspace_id, id, inbox, position, version)
select %s, id, inbox, position, version from unnest(%s::uuid[], %s::bigint[], %s::int[], %s::int[]) as new(id, inbox, position, version)
on conflict (workspace_id, id) {conflict} returning id::text
"""
_NEWER = (
    "do update set inbox = excluded.inbox, position = excluded.position, version = excluded.version "
    "where ledger_seen.version < excluded.version"
)
_OURS = """
select seen.id::text from ledger_seen seen join unnest(%s::uuid[], %s::bigint[], %s::int[]) as mine(id, inbox, position)
on seen.id = mine.id and seen.inbox = mine.inbox and seen.position = mine.position where seen.workspace_id = %s
"""


def keep_first(workspace: int, rows: pa.Table, *, retry: bool) -> Kept:
    inbox = rows.column("inbox").to_numpy()
    position = rows.column("position").to_numpy()
    item = inbox.astype(np.uint64) * np.uint64(2**24) + position  # a chunk has far fewer than 2**24 items
    _, first, member = np.unique(item, return_index=True, return_inverse=True)
    ids = [value.hex() for value in rows.column("id").take(pa.array(first)).to_pylist()]
    versions = rows.column("version").take(pa.array(first)).to_numpy()
    candidates = _best(ids, versions)
    mine = [ids[place] for place in candidates]
    boxes, spots = inbox[first][candidates].tolist(), position[first][candidates].tolist()
    taken: set[str] = set()
    with connection.cursor() as cursor:
        conflict = _NEWER if versions.any() else "do nothing"
        cursor.execute(_NEW.format(conflict=conflict), [workspace, mine, boxes, spots, versions[candidates].tolist()])
        taken.update(id.replace("-", "") for (id,) in cursor.fetchall())
        if retry and len(taken) < len(mine):
            cursor.execute(_OURS, [mine, boxes, spots, workspace])
            taken.update(id.replace("-", "") for (id,) in cursor.fetchall())
    counts = np.zeros(len(first), bool)
    counts[[place for place in candidates if ids[place] in taken]] = True
    return Kept(
        rows=counts[member],
        repeated=_tally(inbox[first][~counts]),
        items=_tally(inbox[first][counts]),
        newest={bytes.fromhex(ids[place]): int(versions[place]) for place in np.flatnonzero(counts & (versions > 0))},
    )


def _best(ids: list[str], versions: np.ndarray) -> np.ndarray:
    """Of several items with one id in this batch: the highest version, and of equal ones the first."""
    best: dict[str, int] = {}
    for place, id in enumerate(ids):
        if id not in best or versions[place] > versions[best[id]]:
            best[id] = place
    return np.fromiter(best.values(), np.int64, len(best))


def _tally(inboxes: np.ndarray) -> dict[int, int]:
    found, counts = np.unique(inboxes, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))
