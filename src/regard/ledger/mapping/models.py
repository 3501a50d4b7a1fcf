from __future__ import annotations

from typing import Any

from django.db import models, transaction

from regard.workspace.audit.models import AuditEntry


class Mapping(models.Model):
    """How a workspace reads events, version by version: the newest counts. `rules` holds `mapping.rules.Rule`s as JSON."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="mappings")
    rules = models.JSONField(default=list)
    author = models.CharField(max_length=254)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"mapping {self.pk}"

    @classmethod
    @transaction.atomic
    def save_version(cls, *, workspace_id: int, rules: list[dict[str, Any]], author: str) -> Mapping:
        mapping = cls.objects.create(workspace_id=workspace_id, rules=rules, author=author)
        AuditEntry.write(workspace_id, actor=author, action="mapping.changed", subject=f"{len(rules)} rules")
        return mapping

    @classmethod
    def current(cls, workspace_id: int) -> list[dict[str, Any]]:
        newest = cls.objects.filter(workspace_id=workspace_id).first()
        return list(newest.rules) if newest else []
