from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction


class AuditEntry(models.Model):
    """Who did what and when. Rows are only ever added (a trigger refuses the rest) and chained by hash."""

    workspace = models.ForeignKey("workspace.Workspace", models.DO_NOTHING, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=254)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "id"], name="audit_by_workspace")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"

    @classmethod
    @transaction.atomic
    def write(cls, workspace_id: int, *, actor: str, action: str, subject: str = "", **details: Any) -> AuditEntry:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(7201, %s)", [workspace_id])
        last = cls.objects.filter(workspace_id=workspace_id).order_by("-id").values_list("hash", flat=True).first()
        entry = cls(
            workspace_id=workspace_id,
            at=datetime.now(UTC),
            actor=actor[:254],
            action=action,
            subject=subject[:254],
            details=details,
        )
        entry.hash = entry.digest(last or "")
        entry.save()
        return entry

    def digest(self, previous: str) -> str:
        content = [self.workspace_id, self.at.isoformat(), self.actor, self.action, self.subject, self.details]
        return hashlib.sha256((previous + json.dumps(content, sort_keys=True)).encode()).hexdigest()

    @classmethod
    def first_broken(cls, workspace_id: int) -> int | None:
        """The id of the first entry that does not follow from the one before it, or None when the chain holds."""
        previous = ""
        for entry in cls.objects.filter(workspace_id=workspace_id).order_by("id").iterator():
            if entry.hash != entry.digest(previous):
                return entry.pk
            previous = entry.hash
        return None
