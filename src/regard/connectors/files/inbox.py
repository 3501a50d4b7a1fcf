"""How the projector reads chunks of files: by the map that their import has now."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from regard.connectors.files.decoding import decode
from regard.connectors.files.models import FileImport
from regard.ledger.record.batch import Arrival
from regard.ledger.record.decoded import Decoded, together


def decode_chunks(workspace: int, arrivals: Sequence[Arrival]) -> Decoded:
    """Inbox rows of form "file" (Arrow IPC streams) → rows and refusals. All of one workspace."""
    wanted = {arrival.source for arrival in arrivals}
    imports = {
        found.source_id: found
        for found in FileImport.objects.filter(workspace_id=workspace, source_id__in=wanted).select_related("workspace")
    }
    maps = {source: found.import_map for source, found in imports.items()}
    parts = []
    for arrival in arrivals:
        found = imports[arrival.source]
        parts.append(
            decode(
                pa.ipc.open_stream(arrival.body).read_all(),
                maps[arrival.source],
                inbox=arrival.id,
                item_namespace=found.sha256,
                imported_at=arrival.received,
                zone=found.workspace.zone,
            )
        )
    return together(parts)
