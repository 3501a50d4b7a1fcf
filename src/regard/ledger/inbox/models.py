from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Form(models.TextChoices):
    """What a body holds: a Segment batch, one Segment call, a chunk of a file (Arrow), rows of Regard's own (JSON)."""

    BATCH = "batch"
    TRACK = "track"
    IDENTIFY = "identify"
    PAGE = "page"
    SCREEN = "screen"
    GROUP = "group"
    ALIAS = "alias"
    FILE = "file"
    ROWS = "rows"


class Batch(models.Model):
    """Inbox rows that are projected together. Which they are is written here before the first try, and never changes."""

    workspace_id = models.BigIntegerField()
    formed = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveIntegerField(default=0)
    done = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="batch_open", condition=models.Q(done=None))]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class InboxRow(models.Model):
    """What came in, as it came in: one row a request or chunk, from which the ledger can be built anew."""

    workspace_id = models.BigIntegerField()
    source = models.ForeignKey(
        "ledger.Source", models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    form = models.CharField(max_length=8, choices=Form)
    received = models.DateTimeField()
    items = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="of the body before compression, in bytes")
    body = models.BinaryField()
    batch = models.ForeignKey(
        Batch, models.DO_NOTHING, null=True, db_constraint=False, related_name="rows", db_index=False
    )
    accepted = models.PositiveIntegerField(null=True)
    refused = models.PositiveIntegerField(null=True)
    repeated = models.PositiveIntegerField(null=True)
    done = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="inbox_waiting", condition=models.Q(batch=None)),
            models.Index(fields=["batch"], name="inbox_by_batch"),
            models.Index(fields=["source", "id"], name="inbox_by_source"),
            models.Index(fields=["received"], name="inbox_by_time"),
        ]

    def __str__(self) -> str:
        return f"inbox {self.pk}"


class Correction(models.Model):
    """What came from these inbox rows is to be taken back, and projected anew unless it is forgotten.

    Written with its cause, carried out by the projector: a step cut short by a crash is simply taken again.
    """

    workspace_id = models.BigIntegerField()
    inboxes = ArrayField(models.BigIntegerField())
    forget = models.BooleanField()
    asked = models.DateTimeField(auto_now_add=True)
    done = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="correction_open", condition=models.Q(done=None))]

    def __str__(self) -> str:
        return f"correction {self.pk}"
