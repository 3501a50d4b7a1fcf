"""The next batch of a delivery: who changed since they were last sent, fixed in PostgreSQL before anything leaves."""

from __future__ import annotations

import hashlib
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from regard.connectors.writeback.models import LEASE, Batch, Delivery, Sent
from regard.connectors.writeback.queries import Row, customers_after, rows_of

MOST = 500
#: So many are looked at together: a batch is cut when the next page might not fit.
_PAGE = 250


class Closed(Exception):
    """The delivery was stopped while its next batch was made."""


def next_batch(delivery: Delivery) -> Batch | None:
    """None when everybody has been looked at. Raises Closed."""
    destination, after, examined = delivery.destination, delivery.after, delivery.examined
    changed: list[tuple[Row, UUID]] = []
    end = False
    while not end and len(changed) <= MOST - _PAGE:
        page = customers_after(destination, after, limit=_PAGE)
        known = dict(
            Sent.objects.filter(destination=destination, customer__in=page.customers).values_list("customer_id", "content")
        )  # fmt: skip
        seen = [(row, content_of(row)) for row in rows_of(destination, page.customers)]
        changed += [(row, content) for row, content in seen if known.get(row["id"]) != content]
        after, end, examined = page.last, page.end, examined + len(page.customers)
        if not changed:
            _came_to(delivery, after, examined)
    if not changed:
        return None
    with transaction.atomic():
        _came_to(delivery, after, examined)
        return Batch.objects.create(
            delivery=delivery, size=len(changed), body=body_of(destination.name, [row for row, _ in changed]),
            customers=[row["id"] for row, _ in changed], contents=[content for _, content in changed],
        )  # fmt: skip


def content_of(row: Row) -> UUID:
    return UUID(bytes=hashlib.blake2b(msgspec.json.encode(row, order="deterministic"), digest_size=16).digest())


def body_of(name: str, rows: list[Row]) -> bytes:
    """As docs/connecting.md describes it."""
    told = {"type": "customers.changed", "timestamp": timezone.now().isoformat(), "data": {"destination": name, "customers": rows}}  # fmt: skip
    return msgspec.json.encode(told)


def rows_in(body: bytes) -> list[Row]:
    rows: list[Row] = msgspec.json.decode(body)["data"]["customers"]
    return rows


def _came_to(delivery: Delivery, after: int, examined: int) -> None:
    still = Delivery.objects.filter(pk=delivery.pk, ended=None)
    if not still.update(after=after, examined=examined, next_try=timezone.now() + LEASE):
        raise Closed
    delivery.after, delivery.examined = after, examined
