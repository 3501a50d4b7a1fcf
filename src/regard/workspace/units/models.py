from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """A part of the company (region, store, team). Units form a tree; a member sees their units and all below."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="units")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("name"),
                name="unit_name_once",
                violation_error_message=_("There is already a unit of this name."),
            ),
            models.UniqueConstraint(fields=["workspace"], condition=models.Q(parent=None), name="one_root_unit"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent is None:
            return
        if self.parent.workspace_id != self.workspace_id:
            raise ValidationError({"parent": _("Choose a unit of this workspace.")})
        if self.pk and self.parent_id in {
            branch.id for branch in branches(self.workspace_id) if self.pk in branch.path
        }:
            raise ValidationError({"parent": _("A unit cannot be part of itself or of a unit below it.")})

    @transaction.atomic
    def keep(self, *, actor: str) -> None:
        """Save, and write down who did."""
        from regard.workspace.audit.models import AuditEntry

        action = "unit.changed" if self.pk else "unit.added"
        self.save()
        AuditEntry.write(self.workspace_id, actor=actor, action=action, subject=self.name, parent=self.parent_id)

    @transaction.atomic
    def dissolve(self, *, actor: str) -> None:
        """Delete the unit; what belongs to it (units, members, keys) moves up to its parent. Never the root."""
        from regard.workspace.audit.models import AuditEntry

        if self.parent_id is None:
            raise ValidationError(_("The root stays: it is the workspace itself."))
        above = self.parent_id
        self.children.update(parent_id=above)
        for member in self.members.all():
            member.units.add(above)
        for invitation in self.invitation_set.all():
            invitation.units.add(above)
        self.apikey_set.filter(revoked=None).update(revoked=timezone.now())
        AuditEntry.write(self.workspace_id, actor=actor, action="unit.deleted", subject=self.name, into=above)
        self.delete()


class Branch:
    """A unit in its place in the tree: its id, name, and the ids from the root down to itself."""

    __slots__ = ("id", "name", "path")

    def __init__(self, id: int, name: str, path: tuple[int, ...]) -> None:
        self.id, self.name, self.path = id, name, path

    @property
    def depth(self) -> int:
        return len(self.path) - 1


_TREE = """
with recursive tree as (
    select id, name, array[id] as path, array[lower(name)] as names from workspace_unit where workspace_id = %s and parent_id is null
    union all
    select unit.id, unit.name, tree.path || unit.id, tree.names || lower(unit.name) from workspace_unit unit join tree on unit.parent_id = tree.id
)
select id, name, path from tree order by names
"""


def branches(workspace: int) -> list[Branch]:
    """Every unit of the workspace, in tree order."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_TREE, [workspace])
        return [Branch(id, name, tuple(path)) for id, name, path in cursor.fetchall()]


def at_and_below(workspace: int, units: set[int]) -> tuple[int, ...]:
    """The ids of these units and of everything below them, by today's tree."""
    return tuple(branch.id for branch in branches(workspace) if units & set(branch.path))
