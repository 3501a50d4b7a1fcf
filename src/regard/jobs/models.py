"""The product's own events: rows written in the transaction of their cause, consumed in batches."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models


class Event(models.Model):
    """Something happened to these ids. `transaction` orders events safely: see `jobs.consume`."""

    kind = models.CharField(max_length=64)
    workspace_id = models.BigIntegerField()
    subjects = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(auto_now_add=True)
    # transaction xid8 default pg_current_xact_id(): added by migration 0001, unknown to Django.

    class Meta:
        indexes = [models.Index(fields=["kind", "id"], name="event_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} ×{len(self.subjects)}"


class Cursor(models.Model):
    """How far a handler has read."""

    handler = models.CharField(max_length=96, primary_key=True)
    last_transaction = models.CharField(max_length=24, default="0")
    last_id = models.BigIntegerField(default=0)
    moved = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.handler} at {self.last_id}"


def publish(kind: str, workspace: int, subjects: Iterable[int]) -> None:
    """Write an event in the current transaction."""
    ids = list(subjects)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into jobs_event (kind, workspace_id, subjects, at) values (%s, %s, %s::bigint[], now())",
            [kind, workspace, ids],
        )
