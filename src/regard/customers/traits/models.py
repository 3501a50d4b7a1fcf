from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

#: The source of what a person of ours wrote down by hand.
BY_HAND = 0


class Saying(models.Model):
    """What one source says now of one profile: {trait: {"v": value, "at": when it said so}}.

    A value of null says that there is none. What a customer's traits are follows from the sayings of all their profiles by
    `fold`, so that joining people and taking them apart loses nothing.
    """

    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="sayings")
    source = models.PositiveIntegerField()
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "source"], name="saying_once")]

    def __str__(self) -> str:
        return f"source {self.source} of #{self.profile_id}"


class PastTrait(models.Model):
    """What a source said before it said something else."""

    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="past_traits")
    source = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["profile", "name"], name="past_trait")]

    def __str__(self) -> str:
        return f"{self.name} until {self.until}"


class TrustOrder(models.Model):
    """Which source is believed when several disagree: the first listed; those not listed come after, the newest word first."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="trust_order")
    sources = ArrayField(models.PositiveIntegerField(), default=list)

    def __str__(self) -> str:
        return f"trust of {self.workspace_id}"

    @classmethod
    def of(cls, workspace: int) -> list[int]:
        """What was written by hand is believed first unless it is listed elsewhere."""
        listed = cls.objects.filter(workspace_id=workspace).values_list("sources", flat=True).first() or []
        return listed if BY_HAND in listed else [BY_HAND, *listed]
