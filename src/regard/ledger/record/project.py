"""The projector: inbox rows in order → named steps, each on a whole batch → ClickHouse. Nothing counts twice, nothing is lost.

    decode → map → place (touchpoints, units) → keep what is new → find people → write

A batch that was cut short is taken again: its membership, and which of its items are new, stand in PostgreSQL by then, and
ClickHouse drops an insert whose token it has seen.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from regard.jobs.models import publish
from regard.jobs.pause import PROJECTOR
from regard.ledger.inbox.models import Batch, Form
from regard.ledger.inbox.strike import ERASED
from regard.ledger.mapping.models import Mapping
from regard.ledger.mapping.rules import rules
from regard.ledger.record import events
from regard.ledger.record import rows as own_rows
from regard.ledger.record.batch import Arrival, arrivals, next_batch
from regard.ledger.record.correct import correct_next
from regard.ledger.record.decoded import Decoded, Decoder, together
from regard.ledger.record.forgotten import leave_out
from regard.ledger.record.map import map_events
from regard.ledger.record.people import find_people, note_traits
from regard.ledger.record.place import place_touchpoints, place_units
from regard.ledger.record.refusals import Refusals
from regard.ledger.record.seen import Kept, keep_first
from regard.ledger.record.write import remove, remove_older, write
from regard.warehouse import WarehouseAway

log = logging.getLogger(__name__)
RECORDED = "ledger.recorded"
#: After so many failures of our own code a batch is taken apart, so that one bad request cannot hold up the rest.
PATIENCE = 3

#: How each form of body is read. Files are read by `connectors.files`, which `site/wiring.py` enters here.
DECODERS: dict[str, Decoder] = dict.fromkeys(Form.values, events.decode) | {Form.ROWS: own_rows.decode}


def project_next() -> bool:
    """Carry out one correction or project one batch; False when nothing waits, or another process projects.

    Raises WarehouseAway, OperationalError or InterfaceError when an engine is away; the batch is then tried again later.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, 0)", [PROJECTOR])
        if cursor.fetchone() != (True,):
            return False
    try:
        return correct_next() or _batch_next()
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s, 0)", [PROJECTOR])


def _batch_next() -> bool:
    batch = next_batch()
    if batch is None:
        return False
    retry = batch.tries > 0
    Batch.objects.filter(pk=batch.pk).update(tries=batch.tries + 1)
    try:
        project(batch, retry=retry)
    except (WarehouseAway, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("Batch %s could not be projected (try %s)", batch.pk, batch.tries + 1)
        if batch.tries + 1 >= PATIENCE:
            _take_apart(batch)
    return True


def project(batch: Batch, *, retry: bool) -> None:
    came = arrivals(batch)
    workspace = batch.workspace_id
    decoded = leave_out(workspace, _decode(workspace, came), came)
    rows, mapped = map_events(decoded.rows, rules(Mapping.current(workspace)))
    rows, touchpoints = place_touchpoints(rows, mapped, workspace)
    with transaction.atomic():
        units, said = place_units(rows, touchpoints, workspace)
        kept = keep_first(workspace, rows, retry=retry)
        if not kept.rows.all():
            rows = rows.filter(pa.array(kept.rows))
            touchpoints, units, said = touchpoints[kept.rows], units[kept.rows], said[kept.rows]
        profiles = find_people(workspace, rows)
        note_traits(workspace, rows, profiles, units, said, {arrival.id: arrival.source for arrival in came})
    remove_older(workspace, kept.newest)
    for name, values in (
        ("profile", profiles),
        ("touchpoint_id", touchpoints.astype(np.uint32)),
        ("unit_id", units),
        ("placed", said),
    ):
        rows = rows.append_column(name, pa.array(values))
    write(workspace, batch.pk, _with_origin(rows, came))
    _finish(batch, came, kept, decoded)


def _decode(workspace: int, came: list[Arrival]) -> Decoded:
    parts = []
    for decoder, group in groupby(came, key=lambda arrival: DECODERS[arrival.form]):
        parts.append(decoder(workspace, list(group)))
    return together(parts)


def _with_origin(rows: pa.Table, came: list[Arrival]) -> pa.Table:
    places = pc.index_in(rows.column("inbox"), pa.array([arrival.id for arrival in came], pa.uint64()))
    sources = pa.array([arrival.source for arrival in came], pa.uint32())
    received = pa.array([arrival.received for arrival in came], pa.timestamp("ms", "UTC"))
    return rows.append_column("source", sources.take(places.combine_chunks())).append_column(
        "received", received.take(places.combine_chunks())
    )


def _finish(batch: Batch, came: list[Arrival], kept: Kept, decoded: Decoded) -> None:
    refused = Counter(decoded.refused.column("inbox").to_pylist())
    ids = [arrival.id for arrival in came]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from ledger_refuseditem where inbox = any(%s)", [ids])
        _keep_refused(batch.workspace_id, came, decoded.refused)
        cursor.execute(
            "update ledger_inboxrow row set accepted = told.accepted, refused = told.refused, repeated = told.repeated, done = now() "
            "from unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) as told(id, accepted, refused, repeated) where row.id = told.id",
            [
                ids,
                [kept.items.get(id, 0) for id in ids],
                [refused[id] for id in ids],
                [kept.repeated.get(id, 0) for id in ids],
            ],
        )
        Batch.objects.filter(pk=batch.pk).update(done=timezone.now())
        publish(RECORDED, batch.workspace_id, ids)


def _keep_refused(workspace: int, came: list[Arrival], refused: pa.Table) -> None:
    if not refused.num_rows:
        return
    origin = {arrival.id: arrival for arrival in came}
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ledger_refuseditem (workspace_id, source_id, inbox, position, received, code, detail, raw) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [  # what was erased is counted and leaves nothing behind
                (
                    workspace, origin[row["inbox"]].source, row["inbox"], row["position"], origin[row["inbox"]].received,
                    row["code"][:48], row["detail"].replace("\0", "\ufffd")[:400], row["raw"].encode("utf-8", "replace"),
                )
                for row in refused.to_pylist()
                if row["code"] != ERASED
            ],
        )  # fmt: skip


def _take_apart(batch: Batch) -> None:
    """Give each inbox row of a batch that will not go through a batch of its own; a lone one is refused with its reason."""
    came = arrivals(batch)
    remove(batch.workspace_id, inboxes=[arrival.id for arrival in came])
    if len(came) == 1:
        _refuse_whole(batch, came[0])
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for arrival in came:
            alone = Batch.objects.create(workspace_id=batch.workspace_id)
            cursor.execute("update ledger_inboxrow set batch_id = %s where id = %s", [alone.pk, arrival.id])
        Batch.objects.filter(pk=batch.pk).delete()


def _refuse_whole(batch: Batch, arrival: Arrival) -> None:
    refusals = Refusals()
    for position in range(arrival.items):
        detail = "Regard failed to read this. It is kept; replay it after an upgrade."
        refusals.add(arrival.id, position, "internal", detail, arrival.body if position == 0 else b"")
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_seen where inbox = %s", [arrival.id])
    nothing = Kept(rows=np.zeros(0, bool), repeated={}, items={}, newest={})
    _finish(batch, [arrival], nothing, Decoded(Decoded.nothing().rows, refusals.table()))


def project_all(*, after_each: Callable[[], None] | None = None) -> int:
    """Project until nothing waits; returns the number of batches. For the command line and tests."""
    count = 0
    while project_next():
        count += 1
        if after_each:
            after_each()
    return count
