from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Identifier(models.Model):
    """One name under which a profile is known: a namespace and a value, held by one profile of the workspace."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    namespace = models.CharField(_("kind"), max_length=64)
    value = models.CharField(_("value"), max_length=512)
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="identifiers")
    first_seen = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["namespace", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "namespace", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.namespace}: {self.value}"
