from __future__ import annotations

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.duplicates.fields import Field, read
from regard.workspace.audit.models import AuditEntry


class SearchRefused(Exception):
    """What was asked cannot be done now. The message is one sentence for whoever asked."""


class DuplicateSettings(models.Model):
    """What a workspace compares of its customers, from which probability on it is asked, and how often it looks."""

    class Every(models.TextChoices):
        MANUAL = "manual", gettext_lazy("Only by hand")
        WEEKLY = "weekly", gettext_lazy("Once a week")

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    fields = models.JSONField(default=list, help_text="empty: guessed anew at each search")
    threshold = models.FloatField(default=0.5, help_text="pairs below this probability are not proposed")
    every = models.CharField(max_length=6, choices=Every, default=Every.MANUAL)

    def __str__(self) -> str:
        return f"duplicate settings of {self.workspace_id}"

    @classmethod
    def of(cls, workspace: int) -> DuplicateSettings:
        return cls.objects.filter(workspace_id=workspace).first() or cls(workspace_id=workspace)

    @property
    def chosen(self) -> list[Field]:
        return read(self.fields)


class DuplicateRun(models.Model):
    """One piece of long work on duplicates: a search, or the acceptance of everything above a probability."""

    class Kind(models.TextChoices):
        SEARCH = "search", gettext_lazy("search")
        ACCEPT = "accept", gettext_lazy("accept all")

    class Outcome(models.TextChoices):
        GOING = "", gettext_lazy("under way")
        DONE = "done", gettext_lazy("done")
        FAILED = "failed", gettext_lazy("failed")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    by = models.CharField(max_length=254)
    asked = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    ended = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=6, choices=Outcome, default=Outcome.GOING, blank=True)
    message = models.CharField(max_length=600, blank=True)
    step = models.CharField(max_length=120, blank=True)
    share = models.FloatField(default=0)
    threshold = models.FloatField()
    fields = models.JSONField(default=list)
    customers = models.PositiveIntegerField(default=0)
    compared = models.PositiveBigIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="duplicate_runs")]
        constraints = [
            # Two searches at once would each throw away what the other found.
            models.UniqueConstraint(fields=["workspace"], condition=models.Q(ended=None), name="duplicate_run_alone")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def compared_fields(self) -> list[Field]:
        return read(self.fields)

    @classmethod
    @transaction.atomic
    def ask(cls, workspace: int, kind: str, *, by: str, threshold: float) -> DuplicateRun:
        """Enter a run; whoever calls this queues its job in the same transaction. Raises SearchRefused."""
        if cls.objects.filter(workspace_id=workspace, ended=None).exists():
            raise SearchRefused(_("Duplicates are being worked on already; wait until that is done."))
        run = cls.objects.create(workspace_id=workspace, kind=kind, by=by, threshold=threshold)
        AuditEntry.write(workspace, actor=by, action=f"duplicates.{kind}", subject=str(run.pk), threshold=threshold)
        return run

    def at(self, step: str, share: float) -> None:
        """Progress, visible at once."""
        DuplicateRun.objects.filter(pk=self.pk).update(step=step[:120], share=share)

    def end(self, outcome: str, message: str = "", **numbers: Any) -> None:
        values = {"outcome": outcome, "message": message[:600], "ended": timezone.now(), "step": "", "share": 1}
        DuplicateRun.objects.filter(pk=self.pk, ended=None).update(**values, **numbers)


class Proposal(models.Model):
    """Two customers who are probably one person, with how much each field says so. Their values are not kept here."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(DuplicateRun, models.CASCADE, related_name="proposals")
    low = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    high = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    probability = models.FloatField()
    weight = models.FloatField(help_text="log2 of how many times likelier this is if they are one person")
    evidence = models.JSONField(help_text="for each field of the run: agree, close, differ or missing, and its weight")

    class Meta:
        indexes = [models.Index(fields=["workspace", "-probability", "id"], name="proposal_likeliest")]

    def __str__(self) -> str:
        return f"{self.low_id} ≈ {self.high_id}"
