from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.outreach.messages.models import REST, Bounce, unsent
from regard.outreach.templates.models import MessageTemplate
from regard.workspace.audit.models import AuditEntry

#: The arms that a campaign can compare.
LETTERS = ("A", "B", "C")
#: What its messages are queued as.
SENDER = "campaign"


class Aim(models.TextChoices):
    SCORE = "score", _("what customers answer afterwards")
    ACT = "act", _("what customers do afterwards")
    SPEND = "spend", _("what customers spend afterwards")


class Ended(Exception):
    """It ends before it could begin. The message says what to do."""


class Campaign(models.Model):
    """One message to the customers of a segment, with some of them kept out by chance to see what difference it makes.

    What becomes of it stands in its times: begun when `started`, standing still while `paused`, over when `done` or `cancelled`.
    """

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    segment = models.ForeignKey("segments.Segment", models.PROTECT, related_name="+", verbose_name=_("to"))
    purpose = models.ForeignKey("customers.Purpose", models.PROTECT, related_name="+", verbose_name=_("for"))
    control_percent = models.PositiveSmallIntegerField(
        _("kept out to compare (%)"), default=10, validators=[MaxValueValidator(90)],
        help_text=_("By chance. Without them nobody can tell what the message did."),
    )  # fmt: skip
    per_hour = models.PositiveIntegerField(
        _("messages an hour at most"), default=2_000, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    begins = models.DateTimeField(_("begins"), null=True, blank=True, help_text=_("Empty: as soon as it is started."))
    ends = models.DateTimeField(_("nothing goes out after"), null=True, blank=True)
    aim = models.CharField(_("it is to change"), max_length=5, choices=Aim, default=Aim.SCORE)
    metric = models.CharField(_("metric"), max_length=40, default="nps")
    touchpoints = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    days = models.PositiveSmallIntegerField(
        _("within so many days"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )  # fmt: skip

    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=254, blank=True)
    paused = models.DateTimeField(null=True)
    cancelled = models.DateTimeField(null=True)
    #: Everybody of the segment has been drawn; before that, the last customer who was.
    drawn = models.DateTimeField(null=True)
    drawn_to = models.BigIntegerField(default=0)
    #: Everybody was written to, or it was said why not.
    done = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    #: What each side did afterwards, by its letter ("" those kept out): drawn, and of whom something is known n, Σx and Σx². As of when.
    afterwards = models.JSONField(null=True)
    measured = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="campaign_name_once", violation_error_message=_("There is already a campaign of this name.")
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def over(self) -> bool:
        return self.done is not None or self.cancelled is not None

    @property
    def running(self) -> bool:
        return self.started is not None and self.paused is None and not self.over

    @transaction.atomic
    def keep(self, templates: Sequence[MessageTemplate], *, by: str, first_share: int | None = None) -> None:
        """Before it is started. `first_share`: of those who are written to, how many percent get the first message; the others share the rest
        equally, and without it all are equal.
        """
        self.save()
        self.arms.all().delete()
        Arm.objects.bulk_create(
            Arm(campaign=self, letter=letter, version=template.version, share=share)
            for letter, template, share in zip(LETTERS, templates, shares(len(templates), first_share), strict=False)
        )
        AuditEntry.write(self.workspace_id, actor=by, action="campaign.saved", subject=self.name, to=self.segment.name)

    @transaction.atomic
    def start(self, *, by: str, now: datetime) -> bool:
        """Once, with its messages as they read now; whether it was not begun yet. Raises Ended."""
        found = Campaign.objects.select_for_update().get(pk=self.pk)
        if found.started is not None or found.over:
            return False
        if found.ends is not None and found.ends <= now:
            raise Ended(gettext("Its end has passed: give it a later one, or none. Then it can be started."))
        found.started, found.started_by = now, by
        found.save(update_fields=["started", "started_by"])
        self.started, self.started_by = now, by
        for arm in found.arms.select_related("version__template"):
            arm.version = arm.version.template.version
            arm.save(update_fields=["version"])
        AuditEntry.write(self.workspace_id, actor=by, action="campaign.started", subject=self.name, control=self.control_percent)
        return True

    @transaction.atomic
    def pause(self, *, on: bool, by: str, now: datetime) -> None:
        """Nothing goes out while it stands still; then it goes on where it was."""
        mine = Campaign.objects.filter(pk=self.pk, cancelled=None, done=None, paused__isnull=on).exclude(started=None)
        if mine.update(paused=now if on else None, trouble=""):
            if on:
                unsent(SENDER, Recipient.objects.filter(campaign=self)).update(leased=now + REST)
            AuditEntry.write(self.workspace_id, actor=by, action="campaign.paused" if on else "campaign.went_on", subject=self.name)

    @transaction.atomic
    def cancel(self, *, by: str, now: datetime) -> None:
        """Nothing more goes out; what went out stays as it is."""
        if Campaign.objects.filter(pk=self.pk, cancelled=None, done=None).update(cancelled=now):
            everybody = Recipient.objects.filter(campaign=self)
            queued = unsent(SENDER, everybody)
            everybody.filter(pk__in=queued.values("sender_id")).update(because="cancelled")
            queued.update(dropped=now)
            call_off(everybody, "cancelled")
            AuditEntry.write(self.workspace_id, actor=by, action="campaign.cancelled", subject=self.name)


def shares(count: int, first: int | None = None) -> list[int]:
    """In percent, together 100: of the first message and of each of the others, which get equal parts of the rest."""
    if count == 1:
        return [100]
    others = count - 1
    each = (100 - first) // others if first else 100 // count
    return [100 - each * others, *[each] * others]


class Arm(models.Model):
    """One of the messages that are compared."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="arms")
    letter = models.CharField(max_length=1)
    version = models.ForeignKey("outreach.TemplateVersion", models.PROTECT, related_name="+")
    #: Of those who are written to, in percent; together 100.
    share = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["letter"]
        constraints = [models.UniqueConstraint(fields=["campaign", "letter"], name="arm_once")]

    def __str__(self) -> str:
        return f"{self.letter} of {self.campaign_id}"


class Recipient(models.Model):
    """A customer of the segment, in one arm or kept out: drawn once, whatever is killed."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="recipients", db_index=False)
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+", db_index=False)
    #: None: kept out to compare.
    arm = models.ForeignKey(Arm, models.CASCADE, null=True, related_name="+", db_index=False)
    drawn = models.DateTimeField()
    #: When their turn is: the contact policy is asked, whom it is not to reach now has another one later. None once that is settled, and for
    #: those kept out once it has come.
    due = models.DateTimeField(null=True)
    #: When it came first. From then on it counts what they do: those kept out wait for theirs in the same line.
    turn = models.DateTimeField(null=True)
    queued = models.DateTimeField(null=True)
    #: Why they were not written to; empty for those who were.
    because = models.CharField(max_length=16, blank=True)
    sent = models.DateTimeField(null=True)
    delivered = models.DateTimeField(null=True)
    opened = models.DateTimeField(null=True)
    bounced = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=4, choices=Bounce, blank=True)
    complained = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "profile"], name="recipient_once")]
        indexes = [
            models.Index(fields=["campaign", "due", "id"], name="recipient_due", condition=~models.Q(due=None)),
            models.Index(fields=["campaign", "queued"], name="recipient_queued", condition=~models.Q(queued=None)),
            models.Index(fields=["profile"], name="recipient_of_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} in {self.campaign_id}"


def call_off(recipients: models.QuerySet[Recipient], because: str) -> None:
    """Whose turn has not come has none any more; of those who were to be written to it is said why."""
    waiting = recipients.filter(due__isnull=False)
    waiting.exclude(arm=None).update(due=None, because=because)
    waiting.update(due=None)
