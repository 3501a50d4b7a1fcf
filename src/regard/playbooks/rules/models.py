from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.playbooks.rules.definition import Rule, read, written
from regard.playbooks.rules.retired import retired_messages
from regard.workspace.audit.models import AuditEntry


class NotReady(Exception):
    """The message says what has to be changed first."""


class Playbook(models.Model):
    """A named set of rules. What was begun under one version goes on under it."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    #: More than so many in an hour are not begun before somebody has looked.
    most_per_hour = models.PositiveIntegerField(
        _("stop and ask after so many in an hour"), default=500, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)
    #: What happens from then on counts.
    since = models.DateTimeField(null=True)
    paused = models.DateTimeField(null=True)
    #: Why it stands, where it was not somebody's wish.
    trouble = models.CharField(max_length=300, blank=True)
    retired = models.DateTimeField(null=True)
    #: How far what is looked at from time to time (segments, silence, the clock) was looked at.
    looked = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="playbook_name_once", condition=models.Q(retired=None),
                violation_error_message=_("There is already a playbook of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        return self.since is not None and self.paused is None and self.retired is None

    @cached_property
    def version(self) -> PlaybookVersion:
        """The newest."""
        found = self.versions.order_by("-number").first()
        return found or PlaybookVersion(playbook=self, number=0, rules=[])

    @transaction.atomic
    def keep(self, rules: Sequence[Rule] | None = None, *, by: str) -> None:
        """Save; rules that changed are a new version."""
        action = "playbook.changed" if self.pk else "playbook.added"
        self.save()
        told = [written(one) for one in rules] if rules is not None else None
        if told is not None and told != self.version.rules:
            self.version = PlaybookVersion.objects.create(playbook=self, number=self.version.number + 1, rules=told, by=by)
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, version=self.version.number)

    def switch_on(self, *, by: str, now: datetime) -> None:
        """From now on; what happened before is left alone. Raises NotReady."""
        if not self.version.read:
            raise NotReady(str(_("Give it a rule first.")))
        if gone := retired_messages(self.workspace_id, self.version.read):
            raise NotReady(gone[0])
        self.since, self.looked, self.paused, self.trouble = self.since or now, self.looked or now, None, ""
        self._written(by, "playbook.on", "since", "looked", "paused", "trouble")

    def switch_off(self, *, by: str, now: datetime, why: str = "") -> None:
        """Nothing more is begun, and what waits goes on waiting."""
        self.paused, self.trouble = now, why[:300]
        self._written(by, "playbook.off", "paused", "trouble")

    def retire(self, *, by: str, now: datetime) -> None:
        self.retired = now
        self._written(by, "playbook.retired", "retired")

    @transaction.atomic
    def _written(self, by: str, action: str, *fields: str) -> None:
        self.save(update_fields=fields)
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, why=self.trouble)


class PlaybookVersion(models.Model):
    """The rules as they stood; never changed."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_once")]

    def __str__(self) -> str:
        return f"{self.playbook_id} v{self.number}"

    @cached_property
    def read(self) -> list[Rule]:
        rules: list[dict[str, Any]] = self.rules
        return [read(one) for one in rules]


def running(workspace: int | None = None) -> models.QuerySet[Playbook]:
    found = Playbook.objects.filter(paused=None, retired=None).exclude(since=None)
    return found if workspace is None else found.filter(workspace=workspace)
