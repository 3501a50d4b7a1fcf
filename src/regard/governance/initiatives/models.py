from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


class Stage(models.TextChoices):
    IDEA = "idea", _("idea")
    PLANNED = "planned", _("planned")
    UNDER_WAY = "under way", _("under way")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


class Outcome(models.TextChoices):
    """What its effect is measured in."""

    NPS = "nps", _("NPS (points)")
    CES = "ces", _("CES (1 to 7)")
    CSAT = "csat", _("CSAT (%)")
    RATING = "rating", _("rating (scale points)")


class Initiative(models.Model):
    """An improvement of what many customers meet: its cause, who does it, what it costs, and what came of it."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    title = models.CharField(_("what is done"), max_length=120)
    #: Each answers why the one before it is so.
    whys = ArrayField(models.CharField(max_length=300), default=list)
    cause = models.ForeignKey("care.Cause", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("root cause of cases"))
    owner = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.IDEA)
    metric = models.CharField(_("measured in"), max_length=8, choices=Outcome, default=Outcome.NPS)
    touchpoints = ArrayField(models.BigIntegerField(), default=list)
    expected = models.FloatField(_("expected effect"), null=True, blank=True, help_text=_("In points of what it is measured in."))
    worth = models.DecimalField(
        _("what a point is worth in a year"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("In the workspace’s currency: what one point more brings or saves."),
    )  # fmt: skip
    #: By its number, because playbooks lie above: one that leaves some customers alone by chance (`hold_outs`).
    playbook = models.BigIntegerField(null=True)
    #: Or a campaign that keeps some out.
    campaign = models.ForeignKey("outreach.Campaign", models.SET_NULL, null=True, related_name="+")
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def keep(self, *, by: str, units: Mapping[int, date] | None = None) -> None:
        """Save; `units`: from when on each of them has it."""
        action = "initiative.changed" if self.pk else "initiative.added"
        self.save()
        if units is not None:
            InitiativeUnit.objects.filter(initiative=self).exclude(unit__in=units).delete()
            for unit, since in units.items():
                InitiativeUnit.objects.update_or_create(initiative=self, unit_id=unit, defaults={"since": since})
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.title, stage=self.stage)

    @property
    def expected_worth(self) -> float | None:
        """What is expected of it in a year, in the workspace's currency."""
        return None if self.expected is None or self.worth is None else self.expected * float(self.worth)

    @transaction.atomic
    def move(self, stage: Stage, *, by: str) -> None:
        if self.stage != stage:
            self.stage = stage
            self.save(update_fields=["stage"])
            AuditEntry.write(self.workspace_id, actor=by, action="initiative.changed", subject=self.title, stage=stage)

    @property
    def compared_by_chance(self) -> bool:
        """Something carries it out that leaves some customers alone."""
        return self.playbook is not None or self.campaign_id is not None

    @property
    def measured(self) -> Measurement | None:
        return self.measurements.order_by("-pk").first()


class InitiativeUnit(models.Model):
    """A unit that has it, and since which day. Units that are not here are what it is compared with."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="units")
    unit = models.ForeignKey("workspace.Unit", models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["initiative", "unit"], name="initiative_unit_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} since {self.since}"


class InitiativeTask(models.Model):
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="tasks")
    text = models.CharField(_("what"), max_length=200)
    owner = models.ForeignKey("workspace.Member", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who"))
    due = models.DateField(_("until"), null=True, blank=True)
    done = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class LinkedComment(models.Model):
    """What a customer said that shows the cause: a row of the ledger by its key. The words stay there, and go with the customer."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="comments")
    row = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    linked = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["initiative", "row"], name="comment_linked_once")]

    def __str__(self) -> str:
        return f"{self.row} of {self.initiative_id}"


class Measurement(models.Model):
    """What came of it, as it was worked out on a day. Numbers of the past stay as they were told."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="measurements")
    at = models.DateTimeField()
    result: Any = models.JSONField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.initiative_id} at {self.at}"


def newest(initiatives: models.QuerySet[Initiative]) -> dict[int, Measurement]:
    """By initiative, what was worked out last."""
    found = Measurement.objects.filter(initiative__in=initiatives).order_by("initiative_id", "-pk").distinct("initiative_id")
    return {one.initiative_id: one for one in found}
