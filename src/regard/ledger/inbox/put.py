"""The one way in: what reaches the ledger is first a row here, committed with its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa
from django.db import connection
from django.utils import timezone

from regard.ledger.inbox.body import packed
from regard.ledger.inbox.models import Form, InboxRow
from regard.ledger.record.columns import ROWS

WAITING = "ledger_waiting"


def put(
    *, workspace: int, source: int, form: Form, body: bytes, items: int, received: datetime | None = None
) -> InboxRow:
    """Add one inbox row in the current transaction; the projector is told when it commits.

    `body` is uncompressed; `items` is how many events or file rows it holds, each to be accepted, refused or repeated.
    """
    row = InboxRow.objects.create(
        workspace_id=workspace, source_id=source, form=form, received=received or timezone.now(),
        items=items, size=len(body), body=packed(body),
    )  # fmt: skip
    wake()
    return row


def put_chunk(*, workspace: int, source: int, chunk: pa.Table, received: datetime | None = None) -> InboxRow:
    """Add a chunk of a file: raw columns, to be read by the import's map."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, chunk.schema) as writer:
        writer.write_table(chunk)
    body = sink.getvalue().to_pybytes()
    return put(workspace=workspace, source=source, form=Form.FILE, body=body, items=chunk.num_rows, received=received)


def put_rows(
    *, workspace: int, source: int, rows: Sequence[dict[str, Any]], received: datetime | None = None
) -> InboxRow:
    """Add rows that Regard itself makes (a note, a response): dicts with the names of `record.columns.ROWS`.

    Each needs `kind`, `message_id` (unique in the workspace) and `at`.
    """
    unknown = {name for row in rows for name in row} - set(ROWS.names) - {"message_id"}
    if unknown:
        raise ValueError(f"Not columns of the ledger: {', '.join(sorted(unknown))}")
    return put(
        workspace=workspace,
        source=source,
        form=Form.ROWS,
        body=msgspec.json.encode(rows),
        items=len(rows),
        received=received,
    )


def wake() -> None:
    """Tell the projector that something waits (delivered at commit)."""
    with connection.cursor() as cursor:
        cursor.execute(f"notify {WAITING}")
