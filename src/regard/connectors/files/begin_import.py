"""Bring a file in: its raw rows go into the inbox, chunk by chunk; the projector reads them by the import's
map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone

from regard.connectors.files.chunking import chunks, sample
from regard.connectors.files.guessing import guess
from regard.connectors.files.import_map import ImportMap, What, check, to_yaml
from regard.connectors.files.models import FileImport
from regard.connectors.files.reading import UnreadableFile
from regard.connectors.files.rows import PROBLEM, RAW
from regard.connectors.files.sniffing import sniff
from regard.connectors.files.touchpoints import MOST, know_touchpoints
from regard.connectors.files.upload import read_blocks, store
from regard.ledger.inbox.models import InboxRow
from regard.ledger.inbox.put import put_chunk
from regard.ledger.sources.models import Source, SourceKind
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.audit.models import AuditEntry
from regard.workspace.workspaces.models import Workspace

CHUNK = 20_000
#: Called with (rows in the inbox so far, rows of the file).
Progress = Callable[[int, int], None]


def guess_map(path: Path, *, what: What, workspace: Workspace | None = None) -> ImportMap:
    """Sniff the file and guess its map. Its `reading.questions` are still open. Raises UnreadableFile."""
    reading = sniff(path)
    names = [] if workspace is None else list(catalogue(workspace))
    return guess(reading, sample(path, reading=reading), what=what, touchpoint_names=names)


def begin(
    path: Path,
    import_map: ImportMap,
    *,
    workspace: Workspace,
    actor: str,
    name: str = "",
    progress: Progress | None = None,
) -> FileImport:
    """Import a file from disk, at once; returns when every row of it is durable in the inbox.

    The file itself stays where it is. Raises UnreadableFile or ImportMapError before anything is taken in,
    so nothing is ever half-imported. Importing the same file again adds nothing: its rows are known by the
    file and their numbers.
    """
    check(import_map)
    digest = hashlib.sha256()
    size = 0
    for block in read_blocks(path):
        digest.update(block)
        size += len(block)
    found = FileImport.objects.create(
        workspace=workspace, what=import_map.what, name=(name or path.name)[:200], by=actor,
        size=size, sha256=digest.hexdigest(), map_text=to_yaml(import_map),
    )  # fmt: skip
    try:
        carry_out(found, path=path, progress=progress)
    except UnreadableFile:
        found.delete()
        raise
    return found


def upload(blocks: Iterable[bytes], *, name: str, what: What, workspace: Workspace, actor: str) -> FileImport:
    """Keep a file that was sent, with a guessed map, for its sender to look at. Raises UnreadableFile."""
    kept = store(blocks)
    found = FileImport(
        workspace=workspace,
        what=what,
        name=name[:200],
        stored=kept.name,
        size=kept.size,
        sha256=kept.sha256,
        by=actor,
    )
    path = found.path
    assert path is not None
    try:
        found.map_text = to_yaml(guess_map(path, what=what, workspace=workspace), settled=False)
    except UnreadableFile as error:
        path.unlink(missing_ok=True)
        raise UnreadableFile(str(error).replace(path.name, name)) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    found.save()
    return found


def carry_out(found: FileImport, *, path: Path | None = None, progress: Progress | None = None) -> None:
    """Put the rows of an import into the inbox. Cut short, it goes on where it was: the same file gives the
    same chunks.

    The whole file is read once before the first row is taken in: a file that cannot be read to its end is
    refused whole.
    """
    path = path or found.path
    if found.durable or path is None:
        return
    import_map = found.import_map
    if found.source is None:
        rows, names = _survey(path, import_map)
        know_touchpoints(found.workspace_id, [*import_map.touchpoints(), *names])
        _start(found, rows)
    assert found.source is not None and found.begun is not None
    present = InboxRow.objects.filter(source=found.source).count()
    taken = 0
    for number, chunk in enumerate(chunks(path, reading=import_map.reading, rows=CHUNK)):
        taken += chunk.num_rows
        if number >= present:
            put_chunk(workspace=found.workspace_id, source=found.source.pk, chunk=_lean(chunk), received=found.begun)
        if progress:
            progress(taken, found.rows or taken)
    found.durable = timezone.now()
    found.save(update_fields=["durable"])
    found.drop_upload()


def put_tables(
    tables: Iterable[pa.Table],
    import_map: ImportMap,
    *,
    name: str,
    workspace: Workspace,
    actor: str,
    received: datetime,
) -> FileImport:
    """Import rows that are already Arrow tables as `chunks` yields them (all text, with `_row`). `name`
    tells files apart.
    """
    check(import_map)
    found = FileImport.objects.create(
        workspace=workspace, what=import_map.what, name=name, by=actor,
        sha256=hashlib.sha256(name.encode()).hexdigest(), map_text=to_yaml(import_map),
    )  # fmt: skip
    know_touchpoints(workspace.pk, import_map.touchpoints())
    _start(found, None, begun=received)
    assert found.source is not None
    rows = 0
    for table in tables:
        put_chunk(workspace=workspace.pk, source=found.source.pk, chunk=table, received=received)
        rows += table.num_rows
    found.rows, found.durable = rows, timezone.now()
    found.save(update_fields=["rows", "durable"])
    return found


@transaction.atomic
def _start(found: FileImport, rows: int | None, begun: datetime | None = None) -> None:
    found.source = Source.objects.create(workspace_id=found.workspace_id, kind=SourceKind.FILE, name=found.name)
    found.begun, found.rows, found.failed = begun or timezone.now(), rows, ""
    found.save(update_fields=["source", "begun", "rows", "failed"])
    counted = {"rows": rows} if rows is not None else {}
    AuditEntry.write(found.workspace_id, actor=found.by, action="import.begun", subject=found.name, **counted)


def _survey(path: Path, import_map: ImportMap) -> tuple[int, list[str]]:
    """(rows, names of touchpoints in its columns), having read the file to its end."""
    rows = 0
    names: dict[str, None] = {}
    for chunk in chunks(path, reading=import_map.reading, rows=CHUNK):
        rows += chunk.num_rows
        for column in import_map.each("touchpoint"):
            if len(names) < MOST:
                distinct = pc.drop_null(chunk[column.column].unique()).to_pylist()
                names.update(dict.fromkeys(column.prefix + name.strip() for name in distinct if name.strip()))
    return rows, list(names)


def _lean(chunk: pa.Table) -> pa.Table:
    """Without the columns for broken rows when there are none."""
    return chunk.drop_columns([PROBLEM, RAW]) if chunk[PROBLEM].null_count == chunk.num_rows else chunk


def catalogue(workspace: Workspace) -> Iterable[str]:
    return Touchpoint.objects.filter(workspace=workspace, retired=None).values_list("name", flat=True)
