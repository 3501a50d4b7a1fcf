from __future__ import annotations

from django.db import models


class EvidencePack(models.Model):
    """That a pack of evidence was given out, and what its chain ended in: the same hash stands in the audit log."""

    complaint = models.ForeignKey("care.Complaint", models.CASCADE, related_name="packs")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    entries = models.PositiveIntegerField()
    head = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["head"], name="evidence_by_head")]

    def __str__(self) -> str:
        return self.head
