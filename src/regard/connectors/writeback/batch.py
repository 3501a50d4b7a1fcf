"""The next batch of a delivery, fixed in PostgreSQL before anything leaves: who was erased, who left, who changed since they were last sent."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils import timezone

from regard.connectors.writeback.farewell import rows_of_farewells
from regard.connectors.writeback.leaving import left_after
from regard.connectors.writeback.models import LEASE, Batch, Delivery, Farewell, Sent
from regard.connectors.writeback.queries import Row, customers_after, rows_of

MOST = 500
#: So many are looked at together: a batch is cut when the next page might not fit.
_PAGE = 250


class Closed(Exception):
    """The delivery was stopped while its next batch was made."""


def next_batch(delivery: Delivery) -> Batch | None:
    """None when everybody has been looked at. Raises Closed."""
    erased = _who_was_erased(delivery)
    if erased or delivery.erasures_only:
        return erased
    return _who_left(delivery) or _who_changed(delivery)


def _who_was_erased(delivery: Delivery) -> Batch | None:
    with transaction.atomic():
        some = Farewell.objects.select_for_update().filter(destination=delivery.destination_id, batch=None)
        pks = list(some.values_list("pk", flat=True)[:MOST])
        if not pks:
            return None
        _came_to(delivery)
        made = Batch.objects.create(delivery=delivery, what=Batch.What.ERASED, size=len(pks))
        Farewell.objects.filter(pk__in=pks).update(batch=made)
        return made


def _who_left(delivery: Delivery) -> Batch | None:
    rows: list[Row] = []
    checked = delivery.checked
    while checked is not None and len(rows) < MOST:
        found = left_after(delivery.destination, checked, most=MOST - len(rows))
        rows += found.rows
        checked = None if found.end else found.last
        if not rows:
            _came_to(delivery, checked=checked)
    if not rows:
        return None
    with transaction.atomic():
        _came_to(delivery, checked=checked)
        return Batch.objects.create(
            delivery=delivery, what=Batch.What.LEFT, size=len(rows), customers=[row["id"] for row in rows],
            body=body_of(Batch.What.LEFT, delivery.destination.name, rows, timezone.now()),
        )  # fmt: skip


def _who_changed(delivery: Delivery) -> Batch | None:
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
            _came_to(delivery, after=after, examined=examined)
    if not changed:
        return None
    with transaction.atomic():
        _came_to(delivery, after=after, examined=examined)
        return Batch.objects.create(
            delivery=delivery, size=len(changed), customers=[row["id"] for row, _ in changed], contents=[content for _, content in changed],
            body=body_of(Batch.What.CHANGED, destination.name, [row for row, _ in changed], timezone.now()),
        )  # fmt: skip


def content_of(row: Row) -> UUID:
    return UUID(bytes=hashlib.blake2b(msgspec.json.encode(row, order="deterministic"), digest_size=16).digest())


def body_of(what: str, name: str, rows: list[Row], at: datetime) -> bytes:
    """As docs/connecting.md describes it."""
    told = {"type": f"customers.{what}", "timestamp": at.isoformat(), "data": {"destination": name, "customers": rows}}
    return msgspec.json.encode(told)


def body_to_send(batch: Batch) -> bytes:
    """The same at each try. Who was erased is unsealed for the moment in which it is sent. Raises Unreadable."""
    if batch.what == Batch.What.ERASED:
        return body_of(batch.what, batch.delivery.destination.name, rows_of_farewells(batch), batch.made)
    return bytes(batch.body)


def rows_to_send(batch: Batch) -> list[Row]:
    rows: list[Row] = msgspec.json.decode(body_to_send(batch))["data"]["customers"]
    return rows


def _came_to(delivery: Delivery, **place: int | None) -> None:
    still = Delivery.objects.filter(pk=delivery.pk, ended=None)
    if not still.update(**place, next_try=timezone.now() + LEASE):
        raise Closed
    for name, value in place.items():
        setattr(delivery, name, value)
