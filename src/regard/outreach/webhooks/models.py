from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.outreach.sealed import SealedAccount
from regard.workspace.audit.models import AuditEntry


def new_secret() -> str:
    """As Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class Kind(models.TextChoices):
    SYSTEM = "system", _("a system (signed, Standard Webhooks)")
    SLACK = "slack", _("a channel in Slack")
    TEAMS = "teams", _("a channel in Microsoft Teams")


class Endpoint(SealedAccount):
    """An address of another system that is told of things. The secret signs what it is sent, and is shown once; of a channel the address itself is
    the secret.
    """

    SEAL = "webhook"

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    #: The address of a channel lies sealed.
    kind = models.CharField(_("what it is"), max_length=8, choices=Kind, default=Kind.SYSTEM)
    url = models.CharField(_("address"), max_length=500, help_text=_("Beginning with https://."))
    removed = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Raises Unreadable."""
        return str(self.settings.get("url") or self.url)

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        action = "webhook.changed" if self.pk else "webhook.added"
        self.trouble, self.tested = "", None
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name)


class Delivery(models.Model):
    """One thing told to one endpoint: once for each key, tried until it is taken or given up."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    #: Also the id that the receiver is given: the same again is the same.
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=40)
    body = models.JSONField()
    made = models.DateTimeField()
    due = models.DateTimeField()
    leased = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered = models.DateTimeField(null=True)
    given_up = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "key"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due", "id"], name="delivery_due", condition=models.Q(delivered=None, given_up=None)),
            models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def queue(cls, endpoint: Endpoint, told: Sequence[tuple[str, str, Mapping[str, object]]], *, now: datetime) -> None:
        """Key, event and body of each, in the current transaction."""
        rows = [Delivery(endpoint=endpoint, key=key[:80], event=event, body=dict(body), made=now, due=now) for key, event, body in told]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)

    @property
    def waiting(self) -> bool:
        return self.delivered is None and self.given_up is None
