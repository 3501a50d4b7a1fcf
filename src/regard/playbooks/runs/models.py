from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    WAITING = "waiting", _("goes on")
    DONE = "done", _("done")
    HELD = "held", _("left alone, to compare")
    STOPPED = "stopped", _("stopped")
    FAILED = "failed", _("failed")


class Run(models.Model):
    """One rule at work on one occasion: once for each cause, however often that is seen."""

    playbook = models.ForeignKey("playbooks.Playbook", models.CASCADE, related_name="runs", db_index=False)
    version = models.ForeignKey("playbooks.PlaybookVersion", models.CASCADE, related_name="+")
    rule = models.PositiveSmallIntegerField()
    #: What it follows from: `answer 3f…`, `step 12`.
    cause = models.CharField(max_length=80)
    profile = models.ForeignKey("customers.Profile", models.CASCADE, null=True, related_name="+")
    #: What was known of the occasion: touchpoint, unit, channel, score, words, response, language.
    about: Any = models.JSONField(default=dict)
    case = models.ForeignKey("care.Case", models.SET_NULL, null=True, related_name="+")
    happened = models.DateTimeField()
    begun = models.DateTimeField()
    #: The next step, and when it is to be done.
    step = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playbook", "rule", "cause"], name="run_once")]
        indexes = [
            models.Index(fields=["playbook", "due", "id"], name="run_due", condition=models.Q(state="waiting")),
            models.Index(fields=["playbook", "-begun", "-id"], name="run_newest"),
            models.Index(fields=["profile", "playbook", "rule", "-begun"], name="run_of_profile"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class Deed(models.Model):
    """What a run did, or why it did not."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="deeds")
    step = models.PositiveSmallIntegerField()
    do = models.CharField(max_length=12)
    at = models.DateTimeField()
    told = models.CharField(max_length=300, blank=True)
    #: What was written to the customer: a message says it when it goes out.
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    #: In which language; empty where nobody said.
    language = models.CharField(max_length=16, blank=True)
    #: Instead of a text: the message of Campaigns that was sent, as it read then. Its words are filled in when it goes out.
    version = models.ForeignKey("outreach.TemplateVersion", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="deed_once")]

    def __str__(self) -> str:
        return f"{self.do} of {self.run_id}"
