"""Batch consumers: each handler reads events after its own cursor, in an order in which nothing is overtaken.

Ids are given out before commit, so a later id can be visible first. Events carry the number of their transaction;
a handler reads only those below the oldest transaction still running, ordered by (transaction, id), so none is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from regard.jobs.models import Cursor

#: Takes a workspace and the distinct ids that something happened to. Must be idempotent.
Handler = Callable[[int, list[int]], None]


@dataclass(frozen=True)
class Subscription:
    name: str
    kinds: tuple[str, ...]
    handle: Handler


_NEXT = """
select id, workspace_id, subjects, transaction::text from jobs_event
where kind = any(%s) and transaction < pg_snapshot_xmin(pg_current_snapshot()) and (transaction, id) > (%s::xid8, %s)
order by transaction, id limit %s
"""


def consume(subscription: Subscription, *, limit: int = 500) -> int:
    """Give the handler the next batch. Returns how many events it took; 0 when there was nothing or another has the cursor."""
    Cursor.objects.get_or_create(handler=subscription.name)
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(handler=subscription.name).first()
        if cursor is None:
            return 0
        with connection.cursor() as sql:
            sql.execute(_NEXT, [list(subscription.kinds), cursor.last_transaction, cursor.last_id, limit])
            events = sql.fetchall()
        if not events:
            return 0
        for workspace, subjects in _by_workspace(events).items():
            subscription.handle(workspace, subjects)
        cursor.last_id, cursor.last_transaction = events[-1][0], events[-1][3]
        cursor.save()
    return len(events)


def _by_workspace(events: list[tuple[int, int, list[int], str]]) -> Mapping[int, list[int]]:
    subjects: dict[int, dict[int, None]] = {}
    for _id, workspace, ids, _transaction in events:
        subjects.setdefault(workspace, {}).update(dict.fromkeys(ids))
    return {workspace: list(ids) for workspace, ids in subjects.items()}
