from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    COMPLAINT = "complaint", _("open complaint")
    CASE = "case", _("open case")
    BEREAVEMENT = "bereavement", _("bereavement")
    OUTAGE = "outage", _("outage")
    LEGAL_HOLD = "legal hold", _("legal hold")
    FRAUD = "fraud", _("fraud inquiry")
    VULNERABLE = "vulnerable", _("vulnerable situation")
    OTHER = "other", _("other")


#: These stand above the customer's own word, and never merely delay.
LEGAL = frozenset({Reason.LEGAL_HOLD, Reason.FRAUD})


class Restraint(models.Model):
    """A reason not to contact somebody for now: one customer, everybody at home in a unit, or (neither given) the whole workspace.

    Features write it in the transaction of its cause. Empty channels or purposes mean all of them.
    """

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey("workspace.Unit", models.CASCADE, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    channels = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    purposes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    begins = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    cause_kind = models.CharField(max_length=40, blank=True)
    cause_id = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.CharField(max_length=254)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-begins", "-id"]
        indexes = [
            models.Index(fields=["profile", "-begins"], name="restraint_of_profile", condition=models.Q(profile__isnull=False)),
            models.Index(fields=["workspace"], name="restraint_of_many", condition=models.Q(profile__isnull=True)),
            models.Index(fields=["workspace", "cause_kind", "cause_id"], name="restraint_by_cause"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_reason_display())


class Lifting(models.Model):
    """That a restraint no longer holds: who lifted it, when, why."""

    restraint = models.OneToOneField(Restraint, models.CASCADE, related_name="lifting")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=254)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.restraint_id} at {self.at}"
