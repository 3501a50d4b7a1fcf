from __future__ import annotations

from django.db import models


class Mention(models.Model):
    """A colleague was named in a note about a customer. It goes with the customer; the note itself is a row of the ledger."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="mentions")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    note = models.UUIDField()
    by = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seen = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["member", "-at"], name="mention_of_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.note}"
