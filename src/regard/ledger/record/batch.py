"""Which inbox rows are projected together. Membership is committed before the first try: an insert token then means the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from regard.ledger.inbox.body import unpacked
from regard.ledger.inbox.models import Batch

MOST_ITEMS = 50_000
MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class Arrival:
    """An inbox row, unpacked."""

    id: int
    source: int
    form: str
    received: datetime
    items: int
    body: bytes


_FORM = """
with waiting as (
    select id, workspace_id, sum(items) over (order by id) - items as items_before, sum(size) over (order by id) - size as bytes_before
    from (select id, workspace_id, items, size from ledger_inboxrow where batch_id is null order by id limit 2000) oldest
    where workspace_id = (select workspace_id from ledger_inboxrow where batch_id is null order by id limit 1)
), chosen as (
    select id, workspace_id from waiting where items_before < %s and bytes_before < %s
), made as (
    insert into ledger_batch (workspace_id, formed, tries) select workspace_id, now(), 0 from chosen limit 1 returning id
)
update ledger_inboxrow set batch_id = (select id from made) where id in (select id from chosen) and batch_id is null
returning (select id from made)
"""


def next_batch() -> Batch | None:
    """The oldest unfinished batch, else a new one from what waits, else None. One projector at a time calls this."""
    unfinished = Batch.objects.filter(done=None).order_by("id").first()
    if unfinished:
        return unfinished
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORM, [MOST_ITEMS, MOST_BYTES])
        row = cursor.fetchone()
    return Batch.objects.get(pk=row[0]) if row else None


def arrivals(batch: Batch) -> list[Arrival]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, source_id, form, received, items, size, body from ledger_inboxrow where batch_id = %s order by id",
            [batch.pk],
        )
        return [
            Arrival(id, source, form, received, items, unpacked(body, size))
            for id, source, form, received, items, size, body in cursor.fetchall()
        ]
