"""The step that keeps erased people erased: what is older than their erasure, and records of them that come in with no act of theirs.

Who comes back by their own act afterwards (an order, a call, a visit) is a new person; from then on records of them are taken in too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from regard.customers.identity.names import USER, Key
from regard.customers.identity.rules import Rules
from regard.customers.privacy.keyed import keyed
from regard.customers.privacy.models import ErasedKey
from regard.ledger.inbox.models import Form
from regard.ledger.inbox.strike import DETAIL, ERASED
from regard.ledger.record.batch import Arrival
from regard.ledger.record.decoded import Decoded
from regard.ledger.record.people import of_the_workspace, people_of
from regard.ledger.record.refusals import Refusals


def leave_out(workspace: int, decoded: Decoded, came: Sequence[Arrival]) -> Decoded:
    """Without the items that are about people who were erased: they count as refused, and nothing of them is kept."""
    rows = decoded.rows
    if rows.column("about").null_count < rows.num_rows:
        gone = rows.column("about").is_valid().to_numpy() & ~of_the_workspace(workspace, rows.column("about"))
        if gone.any():  # written about somebody who was erased meanwhile
            decoded = _without(decoded, gone)
            rows = decoded.rows
    if not rows.num_rows or not ErasedKey.objects.filter(workspace_id=workspace).exists():
        return decoded
    people, member = people_of(rows, Rules.of(workspace))
    erased = _erased(workspace, [(*one.keys, *([(USER, one.same_as)] if one.same_as else [])) for one in people])
    if not erased:
        return decoded
    moments = np.array([np.datetime64(0, "ms")] * len(people))
    back = np.zeros(len(people), bool)
    for place, (at, known_again) in erased.items():
        moments[place], back[place] = np.datetime64(at.replace(tzinfo=None), "ms"), known_again
    at = rows.column("at").cast(pa.timestamp("ms")).to_numpy()
    files = pa.array([arrival.id for arrival in came if arrival.form == Form.FILE], pa.uint64())
    record = pc.and_(pc.equal(rows.column("kind"), "identify"), pc.is_in(rows.column("inbox"), files)).to_numpy()
    was_erased = np.isin(member, list(erased))
    out = was_erased & ((at < moments[member]) | (record & ~back[member]))
    return _without(decoded, out) if out.any() else decoded


def _erased(workspace: int, people: Sequence[Sequence[Key]]) -> dict[int, tuple[datetime, bool]]:
    """Of these people those who were erased: since when, and whether one of their keys is somebody's again."""
    hashes = {keyed(workspace, key): key for keys in people for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(
            "select hash, at from customers_erasedkey where workspace_id = %s and hash = any(%s)",
            [workspace, list(hashes)],
        )
        found = {hashes[hash]: at for hash, at in cursor.fetchall()}
        if not found:
            return {}
        cursor.execute(
            "select i.namespace, i.value from unnest(%s::text[], %s::text[]) as k(namespace, value) join customers_identifier i "
            "on i.workspace_id = %s and i.namespace = k.namespace and i.value = k.value",
            [*map(list, zip(*found, strict=True)), workspace],
        )
        again = set(cursor.fetchall())
    return {
        place: (max(found[key] for key in keys if key in found), any(key in again for key in keys))
        for place, keys in enumerate(people)
        if any(key in found for key in keys)
    }


def _without(decoded: Decoded, out: np.ndarray) -> Decoded:
    rows = decoded.rows
    inbox, position = rows.column("inbox").to_numpy(), rows.column("position").to_numpy()
    items = {(int(box), int(spot)) for box, spot in zip(inbox[out], position[out], strict=True)}
    refusals = Refusals()
    for box, spot in sorted(items):
        refusals.add(box, spot, ERASED, DETAIL, b"")
    # An item goes with all its parts: they are about the same person.
    return Decoded(rows.filter(pa.array(~out)), pa.concat_tables([decoded.refused, refusals.table()]))
