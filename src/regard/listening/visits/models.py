from __future__ import annotations

from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


class Visit(models.Model):
    """One visit that a shopper is to make to one unit, and report on by one answer over a link of its own."""

    survey = models.ForeignKey("listening.Survey", models.CASCADE, related_name="visits")
    link = models.OneToOneField("listening.Link", models.CASCADE, related_name="visit")
    shopper = models.EmailField(_("shopper"))
    task = models.TextField(_("what to do there"), max_length=1_000, blank=True)
    due = models.DateField(_("until"))
    made = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=254)
    #: When the shopper was told by mail.
    told = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due", "id"]

    def __str__(self) -> str:
        return f"{self.shopper}, {self.due}"

    def late(self, today: date) -> bool:
        return self.due < today

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        self.by = by
        self.link.save()
        self.save()
        unit = self.link.unit.name if self.link.unit else ""
        AuditEntry.write(self.survey.workspace_id, actor=by, action="visit.assigned", subject=self.survey.name, unit=unit)
