from __future__ import annotations

import secrets

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Placed(models.Model):
    """What a way to a survey is about: kept with it, not in it."""

    touchpoint = models.ForeignKey(
        "ledger.Touchpoint", models.SET_NULL, null=True, blank=True, verbose_name=_("touchpoint"), related_name="+"
    )
    unit = models.ForeignKey(
        "workspace.Unit", models.SET_NULL, null=True, blank=True, verbose_name=_("unit"), related_name="+"
    )
    made = models.DateTimeField(auto_now_add=True)
    closed = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-id"]


class Link(Placed):
    """A way to a survey that anybody may take: printed, posted, on a page or a receipt."""

    survey = models.ForeignKey("listening.Survey", models.CASCADE, related_name="links")
    token = models.CharField(max_length=40, unique=True, default=new_token)
    name = models.CharField(_("where it stands"), max_length=120, help_text=_("A poster, a receipt, a page."))
    channel = models.CharField(_("channel"), max_length=16, blank=True)
    #: On a device that stands somewhere, for one visitor after the other.
    kiosk = models.BooleanField(default=False)
    #: For one answer only: it closes with it.
    once = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The page that whoever follows it sees."""
        return reverse("kiosk:show" if self.kiosk else "answering:start", args=[self.token])

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        self.save()
        AuditEntry.write(
            self.survey.workspace_id, actor=by, action="survey.link_added", subject=self.survey.name, link=self.name
        )

    @transaction.atomic
    def close(self, *, by: str) -> None:
        """It leads nowhere from now on; who has begun may finish."""
        self.closed = timezone.now()
        self.save(update_fields=["closed"])
        AuditEntry.write(
            self.survey.workspace_id, actor=by, action="survey.link_closed", subject=self.survey.name, link=self.name
        )
