"""Chunks of rows, of files and of connections → rows of the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from regard.connectors.files.decoding import decode
from regard.connectors.files.inbox import files_read
from regard.connectors.taps.inbox import streams_read
from regard.ledger.record.batch import Arrival
from regard.ledger.record.decoded import Decoded, together


def decode_chunks(workspace: int, arrivals: Sequence[Arrival]) -> Decoded:
    """Inbox rows of form "file" (Arrow IPC streams) → rows and refusals. All of one workspace."""
    wanted = {arrival.source for arrival in arrivals}
    reads = files_read(workspace, wanted)
    if wanted - reads.keys():
        reads |= streams_read(workspace, wanted - reads.keys())
    return together(
        [
            decode(
                pa.ipc.open_stream(arrival.body).read_all(),
                reads[arrival.source].import_map,
                inbox=arrival.id,
                item_namespace=reads[arrival.source].namespace,
                imported_at=arrival.received,
                zone=reads[arrival.source].zone,
            )
            for arrival in arrivals
        ]
    )
