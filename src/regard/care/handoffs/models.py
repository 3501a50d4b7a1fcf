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


def take_up(case: Case, *, by: str, now: datetime) -> None:
    """Somebody else than who passed it on does something with it."""
    Handoff.objects.filter(case=case, taken=None).exclude(by=by).update(taken=now)

