from __future__ import annotations

from django.db import connection


def hold(workspace: int) -> None:
    """Until the transaction ends, nobody else in this workspace decides who is who."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7202, %s)", [workspace])
