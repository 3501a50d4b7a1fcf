"""Who is alone in doing something: advisory locks of PostgreSQL, which go with the process that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

#: Whoever holds it is alone in writing the ledger.
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


@contextmanager
def alone(kind: int, number: int) -> Iterator[bool]:
    """Whether this process is the only one that does something of a kind with a thing; False when another is at it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [kind, number])
        ours = cursor.fetchone() == (True,)
    try:
        yield ours
    finally:
        if ours:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [kind, number])
