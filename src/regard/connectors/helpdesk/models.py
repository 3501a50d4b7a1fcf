from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.care.cases.models import Case
from regard.outreach.sealed import SealedAccount
from regard.workspace.audit.models import AuditEntry

#: How long a worker has a desk without a sign of life.
LEASE = timedelta(minutes=3)


class Desk(SealedAccount):
    """A workspace's Zendesk, whose tickets and our cases are one matter each."""

    SEAL = "help desk"

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, related_name="+")
    subdomain = models.CharField(_("subdomain"), max_length=63, help_text=_("What stands before .zendesk.com."))
    queue = models.ForeignKey("care.Queue", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tickets come into the queue"))
    unit = models.ForeignKey("workspace.Unit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("of the unit"))
    puts = models.BooleanField(
        _("what is done here is done in Zendesk, too"), default=True,
        help_text=_("Letters of such a case go to the customer through Zendesk, and not by the mail account. Otherwise nothing is changed there."),
    )  # fmt: skip
    #: Tickets that have changed since then are taken; after that, the place to which the export was read.
    begun = models.DateTimeField()
    cursor = models.CharField(max_length=400, blank=True)
    synced = models.DateTimeField(null=True)
    #: Not before: it has had enough for now.
    waits = models.DateTimeField(null=True)
    paused = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=254, blank=True)
    #: Taken by a worker until then.
    leased = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subdomain}.zendesk.com"

    def hold(self) -> None:
        """This worker is still at it."""
        Desk.objects.filter(pk=self.pk).update(leased=timezone.now() + LEASE)

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """Whether it works is to be seen anew."""
        self.trouble, self.tested, self.waits = "", None, None
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action="helpdesk.changed", subject=str(self))

    @transaction.atomic
    def pause(self, *, by: str, now: datetime | None) -> None:
        """Nothing is read or put until it goes on (`now`: None); then everything of the time between is."""
        self.paused, self.paused_by = now, by if now else ""
        self.save(update_fields=["paused", "paused_by"])
        AuditEntry.write(self.workspace_id, actor=by, action="helpdesk.paused" if now else "helpdesk.resumed", subject=str(self))


class Ticket(models.Model):
    """A ticket and the case that it is: what each side was told last. It stays when its case is erased, so that it comes in no second time."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="tickets")
    number = models.BigIntegerField()
    case = models.ForeignKey("care.Case", models.SET_NULL, null=True, related_name="+")
    #: As Zendesk had it when it was seen or put last.
    status = models.CharField(max_length=12)
    stamp = models.CharField(max_length=40)
    #: Title, priority, tags and owner as each side had them when both were told last (of titles a digest): what is another now has changed there.
    there = models.JSONField(default=dict)
    here = models.JSONField(default=dict)
    #: The last comment of theirs that was taken, and those that are ours.
    comment = models.BigIntegerField(default=0)
    ours = ArrayField(models.BigIntegerField(), default=list)
    #: The last step of ours that they were told.
    told = models.BigIntegerField(default=0)
    #: Something happened here that they may have to be told.
    pending = models.DateTimeField(null=True)
    #: The step that is on its way: written down before it goes, so that whoever finds it asks whether it arrived.
    sending = models.CharField(max_length=60, blank=True)
    #: It was deleted, or is closed for good: nothing is put any more.
    over = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "number"], name="ticket_once")]
        indexes = [models.Index(fields=["desk", "pending"], name="ticket_pending", condition=~models.Q(pending=None))]

    def __str__(self) -> str:
        return f"Zendesk #{self.number}"

    @property
    def goes_on(self) -> Case | None:
        """Its case; of two that were merged the one that goes on."""
        found = self.case
        while found is not None and found.merged_into is not None:
            found = found.merged_into
        return found


class Way(models.TextChoices):
    TAKE = "take", _("from Zendesk")
    PUT = "put", _("to Zendesk")


class Setback(models.Model):
    """A ticket with which something went wrong: it is tried again then, whether or not the export names it once more, and goes when that works."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="setbacks")
    number = models.BigIntegerField()
    way = models.CharField(max_length=4, choices=Way)
    since = models.DateTimeField()
    tries = models.PositiveIntegerField()
    again = models.DateTimeField()
    #: A sentence of ours, and nothing of the ticket.
    trouble = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "number", "way"], name="setback_once")]

    def __str__(self) -> str:
        return f"Zendesk #{self.number}"


class Attachment(models.Model):
    """A file of a comment that is still to come."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments")
    number = models.BigIntegerField()
    #: What it came with: a letter, or a note.
    letter = models.ForeignKey("care.Letter", models.CASCADE, null=True, related_name="+")
    step = models.ForeignKey("care.Step", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=150)
    place = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    again = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "number"], name="attachment_once")]

    def __str__(self) -> str:
        return f"attachment {self.number} of {self.ticket_id}"
