"""How the projector reads chunks of files: by the map that their import has now."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from regard.connectors.files.import_map import ImportMap
from regard.connectors.files.models import FileImport


@dataclass(frozen=True)
class Read:
    """How rows of a source are read: their map, what tells their numbers apart from others', and their clock."""

    import_map: ImportMap
    namespace: str
    zone: ZoneInfo


def files_read(workspace: int, sources: set[int]) -> dict[int, Read]:
    found = FileImport.objects.filter(workspace_id=workspace, source_id__in=sources).select_related("workspace")
    return {one.source_id: Read(one.import_map, one.sha256, one.workspace.zone) for one in found if one.source_id}
