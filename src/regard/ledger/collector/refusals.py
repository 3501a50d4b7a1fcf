from __future__ import annotations

import logging

from django.db import DatabaseError, close_old_connections, connection

log = logging.getLogger(__name__)

_COUNT = """
insert into ledger_refusedrequest (source_id, hour, code, detail, count, latest, sample)
values (%s, date_trunc('hour', now()), %s, %s, 1, now(), %s)
on conflict (source_id, hour, code) do update
set count = ledger_refusedrequest.count + 1, latest = now(), detail = excluded.detail, sample = excluded.sample
"""


def note_refusal(source: int, code: str, detail: str, sample: bytes) -> None:
    """Count a request that was refused whole, and keep how the latest one began."""
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [source, code, detail[:400], sample])
    except DatabaseError:
        log.warning("A refused request could not be counted.")
    finally:
        connection.close()
