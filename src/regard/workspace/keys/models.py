from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.warehouse.scope import Scope
from regard.workspace.audit.models import AuditEntry
from regard.workspace.units.models import at_and_below

PREFIX = "rgd_"


class KeyScope(models.TextChoices):
    COLLECT = "collect", _("Collect: send events, read nothing")
    READ = "read", _("Read: scores, customers, timelines")
    WRITE = "write", _("Write: read, and change through the API")


class ApiKey(models.Model):
    """A key for programs: shown once, stored as a hash, good for one scope at one unit and below."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="keys")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("may"), max_length=8, choices=KeyScope)
    unit = models.ForeignKey("workspace.Unit", models.CASCADE, verbose_name=_("unit"))
    start = models.CharField(max_length=12, editable=False)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=254)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @classmethod
    @transaction.atomic
    def create(
        cls, *, workspace_id: int, name: str, scope: str, unit_id: int, actor: str, expires: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Returns the key's row and the key itself, which cannot be had again."""
        secret = PREFIX + secrets.token_urlsafe(24)
        key = cls.objects.create(
            workspace_id=workspace_id, name=name, scope=scope, unit_id=unit_id, created_by=actor, expires=expires,
            start=secret[: len(PREFIX) + 5], key_hash=hash_key(secret),
        )  # fmt: skip
        AuditEntry.write(workspace_id, actor=actor, action="key.created", subject=str(key), scope=scope)
        return key, secret

    @classmethod
    def find(cls, secret: str) -> ApiKey | None:
        """The live key behind a secret."""
        key = cls.objects.filter(key_hash=hash_key(secret), revoked=None).select_related("workspace").first()
        return key if key and (key.expires is None or key.expires > timezone.now()) else None

    def revoke(self, *, actor: str) -> None:
        self.revoked = timezone.now()
        self.save(update_fields=["revoked"])
        AuditEntry.write(self.workspace_id, actor=actor, action="key.revoked", subject=str(self))

    def row_scope(self) -> Scope:
        if self.unit_id == self.workspace.root.id:
            return Scope(workspace=self.workspace_id)
        return Scope(workspace=self.workspace_id, units=at_and_below(self.workspace_id, {self.unit_id}))


def hash_key(secret: str) -> str:
    """Keys are 192 random bits: a plain hash is enough, and quick enough for every request."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
