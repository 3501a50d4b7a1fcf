from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

#: What the question to the customer is queued as.
SENDER = "closure"


class Says(models.TextChoices):
    SOLVED = "solved", _("solved")
    NOT_SOLVED = "not", _("not solved")


class Closure(models.Model):
    """A case was closed, by whom; and whether the customer says that it is solved."""

    case = models.ForeignKey("care.Case", models.CASCADE, related_name="closures")
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    #: What the customer is told was done.
    outcome = models.TextField(blank=True)
    #: They are asked; None where that is not wanted or not possible, and why.
    asked = models.DateTimeField(null=True)
    not_asked = models.CharField(max_length=300, blank=True)
    says = models.CharField(max_length=6, choices=Says, blank=True)
    said = models.DateTimeField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"closing of {self.case_id}"
