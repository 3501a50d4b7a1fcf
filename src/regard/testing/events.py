"""Sending events in tests, without a server."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from regard.ledger.inbox.models import Form, InboxRow
from regard.ledger.inbox.put import put
from regard.ledger.sources.models import Source, SourceKind
from regard.workspace.workspaces.models import Workspace


def source(workspace: Workspace, name: str = "Web site") -> Source:
    return Source.objects.get_or_create(workspace=workspace, kind=SourceKind.KEY, name=name)[0]


def send(workspace: Workspace, *messages: dict[str, Any], received: datetime | None = None, **top: Any) -> InboxRow:
    """Put one request with these messages into the inbox, as the collector does."""
    body = json.dumps({"batch": list(messages), **top}).encode()
    return put(
        workspace=workspace.pk,
        source=source(workspace).pk,
        form=Form.BATCH,
        body=body,
        items=len(messages),
        received=received,
    )


def track(id: str, *, user: str = "u1", event: str = "Call Ended", **rest: Any) -> dict[str, Any]:
    return {"type": "track", "messageId": id, "userId": user, "event": event, **rest}
