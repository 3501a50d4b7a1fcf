"""How the projector reads records of connections: by the map that their stream has now."""

from __future__ import annotations

from regard.connectors.files.inbox import Read
from regard.connectors.taps.models import Stream


def streams_read(workspace: int, sources: set[int]) -> dict[int, Read]:
    found = Stream.objects.filter(source_id__in=sources, connection__workspace_id=workspace)
    return {
        stream.source_id: Read(stream.import_map, f"stream {stream.pk}", stream.connection.workspace.zone)
        for stream in found.select_related("connection__workspace")
        if stream.source_id is not None
    }
