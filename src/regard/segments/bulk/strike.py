from __future__ import annotations

from django.db import connection

from regard.customers.privacy.needles import Needles


def strike_bulk(workspace: int, needles: Needles) -> int:
    """What was done to many keeps who asked and how many they were; words and values that name somebody go."""
    if not needles.plain:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "update segments_bulkaction set listing_kept = '{}', value = null where workspace_id = %s "
            "and (listing_kept::text ~* %s or value::text ~* %s)",
            [workspace, needles.postgres, needles.postgres],
        )
        return int(cursor.rowcount)
