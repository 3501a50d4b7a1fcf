from __future__ import annotations

from django.db import models


class RefusedItem(models.Model):
    """An event or file row that could not be used, as it came, with the reason."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    source = models.ForeignKey("ledger.Source", models.CASCADE, related_name="refused_items")
    inbox = models.BigIntegerField()
    position = models.PositiveIntegerField()
    received = models.DateTimeField()
    code = models.CharField(max_length=48)
    detail = models.CharField(max_length=400)
    raw = models.BinaryField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="refused_newest"),
            models.Index(fields=["inbox"], name="refused_by_inbox"),
        ]

    def __str__(self) -> str:
        return self.detail

    @property
    def text(self) -> str:
        return bytes(self.raw).decode("utf-8", "replace")


class RefusedRequest(models.Model):
    """Requests refused whole (not JSON, too large), counted by hour, with the start of the latest one."""

    source = models.ForeignKey("ledger.Source", models.CASCADE, related_name="refused_requests")
    hour = models.DateTimeField()
    code = models.CharField(max_length=48)
    detail = models.CharField(max_length=400)
    count = models.PositiveIntegerField(default=0)
    latest = models.DateTimeField()
    sample = models.BinaryField()

    class Meta:
        ordering = ["-latest"]
        constraints = [models.UniqueConstraint(fields=["source", "hour", "code"], name="refused_request_once")]

    def __str__(self) -> str:
        return f"{self.detail} ×{self.count}"
