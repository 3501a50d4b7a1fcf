from __future__ import annotations

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.segments.bulk.models import BulkAction
from regard.segments.computed.models import ComputedTrait
from regard.segments.definition import Group, read
from regard.workspace.audit.models import AuditEntry

__all__ = ["BulkAction", "ComputedTrait", "Segment"]


class Segment(models.Model):
    """A group of customers: those for whom conditions hold, or, without conditions, a list that people and imports fill."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="segments")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("what it is for"), max_length=400, blank=True)
    definition = models.JSONField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    retired = models.DateTimeField(null=True, blank=True)
    #: How many belonged to it when it was last worked out.
    size = models.PositiveBigIntegerField(default=0)
    refreshed = models.DateTimeField(null=True, blank=True)
    #: Comings and goings up to here have been told to the rest of the product.
    told = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), condition=models.Q(retired=None), name="segment_name_once",
                violation_error_message=_("There is already a segment of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> Group | None:
        return read(self.definition) if self.definition else None

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        action = "segment.changed" if self.pk else "segment.added"
        self.save()
        AuditEntry.write(self.workspace_id, actor=actor, action=action, subject=self.name, definition=self.definition)

    @transaction.atomic
    def rename(self, *, was: str, actor: str) -> None:
        """Keep its name and what it is for, as they are now. It stays the same segment to whoever uses it."""
        self.save(update_fields=["name", "description", "changed"])
        AuditEntry.write(self.workspace_id, actor=actor, action="segment.renamed", subject=self.name, was=was)

    @transaction.atomic
    def retire(self, *, actor: str) -> None:
        self.retired = timezone.now()
        self.save(update_fields=["retired"])
        AuditEntry.write(self.workspace_id, actor=actor, action="segment.retired", subject=self.name)
