from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.quiet.models import Weekday
from regard.workspace.audit.models import AuditEntry


class Kind(models.TextChoices):
    TRANSACTIONAL = "transactional", _("after something happened")
    RELATIONSHIP = "relationship", _("now and then")
    SEQUENCE = "sequence", _("after an answer to another programme")


#: What invitations can go out by today.
SENT_BY = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)


def _every_day() -> list[int]:
    return [day.value for day in Weekday]


def _by_mail() -> list[str]:
    return [Channel.EMAIL]


class Programme(models.Model):
    """A standing way of listening: whom, when, by what and how often."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="programmes")
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    survey = models.ForeignKey("listening.Survey", models.PROTECT, related_name="programmes", verbose_name=_("survey"))
    purpose = models.ForeignKey("customers.Purpose", models.PROTECT, related_name="+", verbose_name=_("contacted for"))
    channels = ArrayField(models.CharField(max_length=16), default=_by_mail, verbose_name=_("by"))
    segment = models.ForeignKey(
        "segments.Segment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only customers in")
    )
    #: After which interactions: at these touchpoints (any, when there are none), and as these filters say (`channel=phone`).
    touchpoints = ArrayField(models.BigIntegerField(), default=list)
    conditions = ArrayField(models.CharField(max_length=520), default=list)
    delay = models.DurationField(default=timedelta)
    #: What happened longer ago is not asked about any more.
    fresh_days = models.PositiveSmallIntegerField(
        _("not if it is longer ago than (days)"), default=3, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    #: How long after one invitation of this programme the same customer has no other.
    rest_days = models.PositiveSmallIntegerField(
        _("the same customer again after (days)"), default=30, validators=[MaxValueValidator(1095)]
    )
    spread_days = models.PositiveSmallIntegerField(
        _("spread the first round over (days)"), default=30, validators=[MaxValueValidator(365)]
    )
    after = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("programme"))  # fmt: skip
    share = models.DecimalField(
        _("share asked (%)"), max_digits=5, decimal_places=2, default=Decimal(100),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)]
    )  # fmt: skip
    daily_cap = models.PositiveIntegerField(
        _("at most in a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    #: Nobody more is asked in this round once the answers of a group are this precise.
    margin = models.DecimalField(
        _("stop at a margin of error of (± points)"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.01"))]
    )  # fmt: skip
    margin_by = models.CharField(_("for each"), max_length=210, blank=True)
    window_days = ArrayField(models.PositiveSmallIntegerField(), default=_every_day)
    window_start = models.TimeField(_("from"), default=time(9))
    window_end = models.TimeField(_("until"), default=time(20))
    reminders = ArrayField(models.PositiveSmallIntegerField(), default=list)
    expires_days = models.PositiveSmallIntegerField(
        _("can be answered for (days)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    priority = models.PositiveSmallIntegerField(
        _("goes first (1) or last (100)"), default=50, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    anonymous = models.BooleanField(_("anonymous"), default=False)
    #: Language → what the message says: `subject`, `intro`, `sign_off`; what is not there is said in the product's own words.
    texts = models.JSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)
    launched = models.DateTimeField(null=True)
    #: Interactions from then on count.
    since = models.DateTimeField(null=True)
    paused = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("name"), name="programme_name_once",
                violation_error_message=_("There is, or was, a programme of this name already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        return self.launched is not None and self.paused is None and self.ended is None

    @property
    def fresh(self) -> timedelta:
        """How long after it happened somebody is still asked: what was asked for at the launch, too."""
        looked_back = self.launched - self.since if self.launched and self.since else timedelta()
        return (
            max(timedelta(days=self.fresh_days), looked_back + timedelta(days=1) if looked_back else timedelta())
            + self.delay
        )

    def wave_at(self, moment: datetime) -> int:
        """Rounds of a relationship programme, from 1; the others have one."""
        if self.kind != Kind.RELATIONSHIP or self.launched is None:
            return 1
        return int((moment - self.launched) / timedelta(days=max(self.rest_days, 1))) + 1

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        action = "programme.changed" if self.pk else "programme.added"
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name)

    def launch(self, *, by: str, now: datetime, look_back: timedelta = timedelta()) -> None:
        """From now on people are asked; with `look_back`, also about what happened so long before."""
        self.launched, self.since = now, now - look_back
        self._written(by, "programme.launched", "launched", "since", days_back=look_back.days)

    def pause(self, *, by: str, now: datetime) -> None:
        """Nobody is asked; what was sent can be answered."""
        self.paused = now
        self._written(by, "programme.paused", "paused")

    def resume(self, *, by: str) -> None:
        self.paused = None
        self._written(by, "programme.resumed", "paused")

    def end(self, *, by: str, now: datetime) -> None:
        """For good; answers stay."""
        self.ended = now
        self._written(by, "programme.ended", "ended")

    @transaction.atomic
    def _written(self, by: str, action: str, *fields: str, **more: object) -> None:
        self.save(update_fields=fields)
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, **more)


def running(workspace: int, *kinds: str) -> models.QuerySet[Programme]:
    found = Programme.objects.filter(
        workspace=workspace, paused=None, ended=None, kind__in=kinds or Kind.values
    ).exclude(launched=None)
    return found.order_by("priority", "id")
