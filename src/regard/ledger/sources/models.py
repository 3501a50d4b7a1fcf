from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceKind(models.TextChoices):
    KEY = "key", _("Events")
    FILE = "file", _("File")
    PRODUCT = "product", _("Regard")


class Source(models.Model):
    """Where rows of the ledger came from: a key's events, an import, or Regard itself. Every ledger row names one."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=SourceKind)
    name = models.CharField(_("name"), max_length=200)
    key = models.OneToOneField("workspace.ApiKey", models.CASCADE, null=True, related_name="source")
    created = models.DateTimeField(auto_now_add=True)
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
