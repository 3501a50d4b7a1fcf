from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from regard.workspace.units.models import Unit


def _known_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone; give one such as Europe/Paris."), params={"name": name})


class Industry(models.TextChoices):
    TELECOM = "telecom", _("Telecom")
    RETAIL = "retail", _("Retail")
    BANK = "bank", _("Bank")
    AIRLINE = "airline", _("Airline")
    SAAS = "saas", _("Software as a service")


class Workspace(models.Model):
    """One company or brand: everything else belongs to one."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    industry = models.CharField(_("industry"), max_length=16, choices=Industry, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[_known_zone])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    threshold = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=5,
        help_text=_("Smaller groups are withheld in anonymous programmes, shared links and outside reports."),
    )  # fmt: skip
    require_second_factor = models.BooleanField(_("require a second factor"), default=False)
    masked_roles = ArrayField(
        models.CharField(max_length=16), default=list, blank=True, verbose_name=_("roles that see personal data in part only")
    )  # fmt: skip
    is_demo = models.BooleanField(default=False, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def found(
        cls,
        *,
        name: str,
        industry: str = "",
        time_zone: str = "UTC",
        currency: str = "EUR",
        is_demo: bool = False,
    ) -> Workspace:
        """Make a workspace with its root unit."""
        from regard.workspace.units.models import Unit

        workspace = cls.objects.create(
            name=name, industry=industry, time_zone=time_zone, currency=currency, is_demo=is_demo
        )
        Unit.objects.create(workspace=workspace, name=name, parent=None)
        return workspace

    @transaction.atomic
    def keep(self, *, actor: str, changed: list[str]) -> None:
        """Save what was changed, and who did."""
        from regard.workspace.audit.models import AuditEntry

        self.save()
        AuditEntry.write(self.pk, actor=actor, action="workspace.changed", subject=self.name, fields=changed)

    @cached_property
    def root(self) -> Unit:
        return self.units.get(parent=None)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
