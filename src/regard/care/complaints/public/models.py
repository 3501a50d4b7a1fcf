from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


def _token() -> str:
    return secrets.token_urlsafe(12)


class ComplaintDoor(models.Model):
    """The public page on which anybody can complain."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=_token)
    opened = models.DateTimeField(null=True)
    queue = models.ForeignKey("care.Queue", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("complaints go to the queue"))
    words = models.TextField(
        _("above the form"), blank=True, max_length=2_000, help_text=_("Such as how you handle complaints. Customers read it as it stands.")
    )

    def __str__(self) -> str:
        return self.token

    @transaction.atomic
    def keep(self, *, by: str, opened: datetime | None) -> None:
        self.opened = opened
        self.save()
        more: dict[str, Any] = {"open": opened is not None}
        AuditEntry.write(self.workspace_id, actor=by, action="complaint_form.saved", **more)
