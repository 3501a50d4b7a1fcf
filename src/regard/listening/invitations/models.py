from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.verdict import TITLES
from regard.outreach.messages.models import Bounce

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Why somebody was not asked, or has to wait: what the contact policy says, and what the programme itself does.
STALE, AUDIENCE, SAMPLED, ENOUGH, RECENT, CAP, WINDOW, ENDED, OVER = (
    "stale", "audience", "sampled", "enough", "recent", "cap", "window", "ended", "over",
)  # fmt: skip
REASONS: dict[str, StrOrPromise] = {
    AUDIENCE: _("not in the audience"), SAMPLED: _("not in the sample"), RECENT: _("asked by this programme not long ago"),
    CAP: _("enough for one day"), WINDOW: _("outside the hours for sending"), ENOUGH: _("enough answers already"),
    STALE: _("too long ago by the time"), ENDED: _("the programme ended"), OVER: _("over before it went out"), **TITLES,
}  # fmt: skip


class Invitation(models.Model):
    """One customer who could be asked by a programme, about one thing: asked, waiting, or not asked and why."""

    # Indexes begin with either of them; one of its own each would only be written along.
    programme = models.ForeignKey("listening.Programme", models.CASCADE, related_name="invitations", db_index=False)
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+", db_index=False)
    #: What made them eligible: the id of an interaction, the round of a relationship programme, the invitation that was answered before.
    cause = models.CharField(max_length=48)
    wave = models.PositiveIntegerField(default=1)
    touchpoint = models.ForeignKey("ledger.Touchpoint", models.SET_NULL, null=True, related_name="+")
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, related_name="+")
    happened = models.DateTimeField()
    created = models.DateTimeField(auto_now_add=True)
    #: When to decide; moved while they have to wait.
    due = models.DateTimeField()
    decided = models.DateTimeField(null=True)
    #: Undecided: why they wait. Decided: why they were not asked; empty for those who were.
    because = models.CharField(max_length=16, blank=True)
    sentence = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    expires = models.DateTimeField(null=True)
    sent = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    delivered = models.DateTimeField(null=True)
    opened = models.DateTimeField(null=True)
    bounced = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=4, choices=Bounce, blank=True)
    started = models.DateTimeField(null=True)
    completed = models.DateTimeField(null=True)
    partial = models.DateTimeField(null=True)
    #: None of those who are asked for, by what they answered.
    screened = models.DateTimeField(null=True)
    opted_out = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "cause"], name="invitation_once")]
        indexes = [
            models.Index(fields=["programme", "due", "id"], name="invitation_open", condition=models.Q(decided=None)),
            models.Index(fields=["programme", "profile"], name="invitation_of_programme"),
            models.Index(fields=["profile", "-created"], name="invitation_of_profile"),
            models.Index(
                fields=["programme", "sent"], name="invitation_unanswered",
                condition=models.Q(started=None) & ~models.Q(sent=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"invitation {self.pk}"
