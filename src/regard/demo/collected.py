"""The last days come in as events, as an app and a web site send them, and are placed by a mapping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from regard.demo.history import ALL
from regard.ledger.inbox.models import Form
from regard.ledger.inbox.put import put
from regard.ledger.mapping.models import Mapping
from regard.ledger.sources.models import Source, SourceKind
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.workspaces.models import Workspace

BATCH = 100
PROPERTIES = ("channel", "outcome", "seconds", "amount", "handovers", "unit", "plan", "conversation")


def map_events(workspace: Workspace, *, actor: str) -> None:
    """A rule for each kind of event: its touchpoint, and where the rest is read."""
    ids = dict(Touchpoint.objects.filter(workspace=workspace).values_list("name", "id"))
    rules = [
        {
            "event": kind.event, "touchpoint": ids[kind.touchpoint], "channel_property": "channel",
            "outcome_property": "outcome", "duration_property": "seconds", "money_property": "amount",
            "currency": "EUR", "handovers_property": "handovers", "unit_property": "unit",
        }
        for kind in ALL
    ]  # fmt: skip
    Mapping.save_version(workspace_id=workspace.pk, rules=rules, author=actor)


def put_events(table: pa.Table, *, workspace: Workspace, now: datetime) -> int:
    """Rows of `tables.interactions` as Segment batches into the inbox; returns how many events."""
    source = Source.objects.create(workspace=workspace, kind=SourceKind.KEY, name="App and web site")
    count = 0
    for batch in _batches(table):
        body = json.dumps({"batch": batch, "sentAt": now.isoformat()}).encode()
        put(
            workspace=workspace.pk,
            source=source.pk,
            form=Form.BATCH,
            body=body,
            items=len(batch),
            received=now,
        )
        count += len(batch)
    return count


def _batches(table: pa.Table) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, table.num_rows, BATCH):
        rows = table.slice(start, BATCH).to_pylist()
        yield [
            {
                "type": "track",
                "messageId": f"demo-{start + place}",
                "userId": row["customer"],
                "event": row["event"],
                "timestamp": row["date"].replace(" ", "T"),
                "properties": {name: row[name] for name in PROPERTIES if row[name] not in (None, "")},
            }
            for place, row in enumerate(rows)
        ]
