from __future__ import annotations

from datetime import datetime

from django.db import models

from regard.care.cases.models import Case


class Handoff(models.Model):
    """A customer's matter was passed from one unit to another: when, when somebody there took it up, and what they thought of how it came."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="handoffs")
    from_unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    to_unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    taken = models.DateTimeField(null=True)
    #: Whether it came with all that was needed; None until somebody has said so.
    good = models.BooleanField(null=True)
    missing = models.CharField(max_length=300, blank=True)
    rated_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["at"], name="handoff_by_time"),
            models.Index(fields=["case"], name="handoff_untaken", condition=models.Q(taken=None)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_unit_id} → {self.to_unit_id}"


class Reception(models.Model):
    """How a matter came whose next interaction was here, as one of those who got it says."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, null=True, related_name="+")
    #: The interaction with which it was taken up, by its key in the ledger.
    row = models.CharField(max_length=32)
    from_unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    to_unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    good = models.BooleanField()
    missing = models.CharField(max_length=300, blank=True)
    rated_by = models.CharField(max_length=254)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "row"], name="reception_once")]
        indexes = [models.Index(fields=["workspace", "at"], name="reception_by_time")]

    def __str__(self) -> str:
        return f"{self.row}: {self.from_unit_id} → {self.to_unit_id}"


def take_up(case: Case, *, by: str, now: datetime) -> None:
    """Somebody else than who passed it on does something with it."""
    Handoff.objects.filter(case=case, taken=None).exclude(by=by).update(taken=now)

