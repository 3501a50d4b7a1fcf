from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import ALL, CHANNELS_OR_ALL
from regard.workspace.audit.models import AuditEntry


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Mon")
    TUESDAY = 1, _("Tue")
    WEDNESDAY = 2, _("Wed")
    THURSDAY = 3, _("Thu")
    FRIDAY = 4, _("Fri")
    SATURDAY = 5, _("Sat")
    SUNDAY = 6, _("Sun")


class QuietHours(models.Model):
    """When nobody is to be disturbed, on the customer's clock. Windows of one channel come on top of those of all."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    channel = models.CharField(_("channel"), max_length=16, choices=CHANNELS_OR_ALL, default=ALL)
    days = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("days"))
    start = models.TimeField(_("from"))
    end = models.TimeField(_("until"), help_text=_("An earlier time is on the next day; the same time means 24 hours."))

    class Meta:
        ordering = ["channel", "start", "id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.start:%H:%M}–{self.end:%H:%M}"

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        self.save()
        AuditEntry.write(self.workspace_id, actor=actor, action="quiet_hours.added", subject=str(self), days=self.days)

    @transaction.atomic
    def remove(self, *, actor: str) -> None:
        AuditEntry.write(
            self.workspace_id, actor=actor, action="quiet_hours.removed", subject=str(self), days=self.days
        )
        self.delete()
