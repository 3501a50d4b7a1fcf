from __future__ import annotations

from django.db import models


class Direct(models.Model):
    """A message that a colleague wrote to one customer."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    purpose = models.ForeignKey("customers.Purpose", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=16)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    #: What became of it: `sent`, `came back` …
    told = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["profile", "-at"], name="direct_of_profile")]

    def __str__(self) -> str:
        return f"message to {self.profile_id}"
