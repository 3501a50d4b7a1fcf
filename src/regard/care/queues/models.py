from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.workspace.audit.models import AuditEntry


class Priority(models.IntegerChoices):
    URGENT = 1, _("urgent")
    HIGH = 2, _("high")
    NORMAL = 3, _("normal")
    LOW = 4, _("low")


class Routing(models.TextChoices):
    NOBODY = "nobody", _("nobody: whoever takes it first")
    TURN = "turn", _("in turn")
    LOAD = "load", _("whoever has the fewest open")


def _targets() -> dict[str, list[float]]:
    """Open hours until the first response, and until it is closed: an inner loop of one to two days for what is normal."""
    return {"1": [1, 8], "2": [4, 12], "3": [8, 16], "4": [16, 40]}


class Queue(models.Model):
    """A kind of work: who takes it, how fast it is to be done, and what its closing asks."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="queues")
    name = models.CharField(_("name"), max_length=80)
    routing = models.CharField(_("given to"), max_length=8, choices=Routing, default=Routing.NOBODY)
    #: Priority → [hours until the first response, hours until closed], counted while the unit works; 0 is no target.
    targets = models.JSONField(default=_targets)
    warn_percent = models.PositiveSmallIntegerField(
        _("warn when so much of the time is used (%)"), default=75, validators=[MinValueValidator(10), MaxValueValidator(100)]
    )  # fmt: skip
    escalate_hours = models.PositiveSmallIntegerField(
        _("tell the unit above after so many hours more"), default=4, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )  # fmt: skip
    asks_customer = models.BooleanField(_("ask the customer whether it is solved"), default=True)
    needs_cause = models.BooleanField(_("a root cause is needed to close a case"), default=False)
    checklist = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("checklist"))
    #: The trait that says what a customer is worth: from some value on, or among the highest so many percent, priority is raised by a step.
    value_trait = models.CharField(_("what a customer is worth is said by the trait"), max_length=200, blank=True, default="", db_default="")
    value_from = models.FloatField(_("worth much from"), null=True, blank=True)
    value_top = models.PositiveSmallIntegerField(
        _("or the highest so many percent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )  # fmt: skip
    #: What the highest so many percent began at when that was worked out last.
    value_cut = models.FloatField(null=True)
    value_cut_at = models.DateTimeField(null=True)
    raises_lowest = models.BooleanField(_("the lowest scores raise the priority by a step"), default=False, db_default=False,
        help_text=_("NPS 0 to 2, CSAT, CES and ratings of 1, the worst emotion."))  # fmt: skip
    retired = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="queue_name_once", violation_error_message=_("There is already a queue of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def hours_for(self, priority: int) -> tuple[timedelta | None, timedelta | None]:
        """Until the first response and until it is closed; None where there is no target."""
        first, close = self.targets.get(str(priority), [0, 0])
        return timedelta(hours=first) or None, timedelta(hours=close) or None

    @property
    def value_least(self) -> float | None:
        """From which value on a customer is worth much; None where nothing is said of it."""
        if not self.value_trait:
            return None
        return self.value_cut if self.value_top is not None else self.value_from

    @property
    def weighs(self) -> bool:
        return bool(self.value_trait) or self.raises_lowest

    @transaction.atomic
    def keep(self, *, by: str, takers: dict[int, list[str]] | None = None) -> None:
        """Save, with who takes its cases (member → skills) where that was said."""
        action = "queue.changed" if self.pk else "queue.added"
        self.save()
        more: dict[str, Any] = {}
        if takers is not None:
            Taker.objects.filter(queue=self).exclude(member__in=takers).delete()
            for member, skills in takers.items():
                Taker.objects.update_or_create(queue=self, member_id=member, defaults={"skills": skills})
            more["takers"] = sorted(takers)
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, **more)


class Taker(models.Model):
    """A member who takes cases of a queue, and what they are good at."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="takers")
    member = models.ForeignKey("workspace.Member", models.CASCADE, related_name="+")
    skills = ArrayField(models.CharField(max_length=40), default=list)
    #: When they were last given one: whose turn it is.
    given = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "member"], name="taker_once")]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.queue_id}"


class ReplyTemplate(models.Model):
    """Words for letters that are written often, with holes for what differs."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text"), max_length=4_000)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="reply_template_once", violation_error_message=_("There is already a template of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Cause(models.Model):
    """Why it came to a case: a tree that the workspace owns. Its code is said on closing; what keeps recurring becomes an initiative."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    name = models.CharField(_("name"), max_length=80)
    retired = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", "parent", Lower("name"), name="cause_name_once", nulls_distinct=False,
                violation_error_message=_("There is already a cause of this name."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
