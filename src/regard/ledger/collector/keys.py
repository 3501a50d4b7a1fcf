"""Which workspace and source a key stands for, remembered for a few seconds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from django.db import close_old_connections, transaction

from regard.ledger.sources.models import Source, SourceKind
from regard.workspace.keys.models import ApiKey, KeyScope

REMEMBERED = 5.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Sender:
    workspace: int
    source: int


class Keys:
    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Sender | None]] = {}

    async def sender(self, key: str) -> Sender | None:
        """Who sends with this key, None when it may not collect. Raises a DatabaseError when PostgreSQL is away."""
        known = self._known.get(key)
        if known and known[0] > time.monotonic():
            return known[1]
        found = await asyncio.to_thread(find_sender, key)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = (time.monotonic() + REMEMBERED, found)
        return found


def find_sender(secret: str) -> Sender | None:
    close_old_connections()
    key = ApiKey.find(secret)
    if key is None or key.scope not in (KeyScope.COLLECT, KeyScope.WRITE):
        return None
    source = Source.objects.filter(key=key).first()
    if source is None:
        with transaction.atomic():
            source, _ = Source.objects.get_or_create(
                key=key, defaults={"workspace_id": key.workspace_id, "kind": SourceKind.KEY, "name": key.name}
            )
    return Sender(workspace=key.workspace_id, source=source.pk)
