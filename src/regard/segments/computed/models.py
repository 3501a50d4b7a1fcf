from __future__ import annotations

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.segments.computed.definition import Definition, otherwise, read, type_of
from regard.segments.computed.table import Column
from regard.workspace.audit.models import AuditEntry


class ComputedTrait(models.Model):
    """What is known of a customer because it follows from the ledger. Its values stand in ClickHouse, under the version in force."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="computed_traits")
    name = models.CharField(_("name"), max_length=120)
    definition = models.JSONField()
    made_by = models.CharField(max_length=254)
    created = models.DateTimeField(auto_now_add=True)
    #: Which rows readers read; 0: it has never been worked out.
    version = models.PositiveBigIntegerField(default=0)
    #: As of when, and when readers went over to it.
    refreshed = models.DateTimeField(null=True, blank=True)
    switched = models.DateTimeField(null=True, blank=True)
    #: What it was worked out from, in short: while that stays the same, so do the values.
    basis = models.CharField(max_length=200, blank=True)
    #: How many customers have one.
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="computed_trait_once",
                violation_error_message=_("There is already a computed trait of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def measure(self) -> Definition:
        return read(self.definition)

    @property
    def column(self) -> Column:
        measure = self.measure
        return Column(self.pk, self.version, otherwise(measure), type_of(measure))

    @transaction.atomic
    def keep(self, *, actor: str, new: bool) -> None:
        self.save()
        action = "computed_trait.added" if new else "computed_trait.changed"
        AuditEntry.write(self.workspace_id, actor=actor, action=action, subject=self.name, definition=self.definition)

    @transaction.atomic
    def remove(self, *, actor: str) -> None:
        """Its values are thrown away with the next refresh."""
        AuditEntry.write(
            self.workspace_id,
            actor=actor,
            action="computed_trait.removed",
            subject=self.name,
            definition=self.definition,
        )
        self.delete()
