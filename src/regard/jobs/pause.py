"""The projector's lock: who holds it is alone in writing the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: An advisory lock of PostgreSQL. It goes with the connection of its holder.
PROJECTOR = 7203


@contextmanager
def projector_paused() -> Iterator[None]:
    """Waits for the projector's batch to end; until the end nothing is projected. What comes in waits in the inbox."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, 0)", [PROJECTOR])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s, 0)", [PROJECTOR])
