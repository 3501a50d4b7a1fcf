from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.arrays import ints
from regard.customers.contact.channels import Channel

#: How long a message waits that is held back, or a channel that nothing goes out by.
REST = timedelta(minutes=2)


class Bounce(models.TextChoices):
    SOFT = "soft", _("soft bounce")
    HARD = "hard", _("hard bounce")


class Message(models.Model):
    """One message to one customer: first a row here, committed with its cause, then sent. What became of it stands in its times."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    profile = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+", db_index=False)  # message_of_profile
    channel = models.CharField(max_length=16, choices=Channel)
    address = models.CharField(max_length=512)
    #: Who has it sent (`invitation`, …), which one of that kind, and the how-manieth message of it: together once, however often it is queued.
    sender_kind = models.CharField(max_length=40)
    sender_id = models.BigIntegerField()
    step = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    #: Taken by a worker until then; whoever finds it over takes it anew.
    leased = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent = models.DateTimeField(null=True)
    #: That it was sent is in the ledger, and its sender was told.
    told = models.DateTimeField(null=True)
    #: It will not be sent: dropped by its sender, or given up.
    dropped = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    #: What the other side calls it.
    reference = models.CharField(max_length=250, blank=True)
    delivered = models.DateTimeField(null=True)
    opened = models.DateTimeField(null=True)
    bounced = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=4, choices=Bounce, blank=True)
    complained = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender_kind", "sender_id", "step"], name="message_once")]
        indexes = [
            models.Index(fields=["due", "id"], name="message_due", condition=models.Q(sent=None, dropped=None)),
            models.Index(fields=["sent"], name="message_untold", condition=models.Q(told=None) & ~models.Q(sent=None)),
            models.Index(
                fields=["workspace", "reference"], name="message_by_reference", condition=~models.Q(reference="")
            ),
            models.Index(fields=["profile", "-due"], name="message_of_profile"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Addressed(NamedTuple):
    """One message to be queued: to whom, by what, where, and for which of its sender's own."""

    profile: int
    channel: str
    address: str
    sender_id: int


_QUEUE = """
insert into outreach_message
    (workspace_id, profile_id, channel, address, sender_kind, sender_id, step, due, attempts, trouble, reference, bounce)
select %s, profile, channel, address, %s, sender, %s, %s, 0, '', '', ''
from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) as given(profile, channel, address, sender)
on conflict do nothing
"""


def queue(workspace: int, messages: Sequence[Addressed], *, sender_kind: str, due: datetime, step: int = 0) -> None:
    """Enter them in the current transaction. What is there already stays as it is."""
    if messages:
        with connection.cursor() as cursor:
            profiles, channels, addresses, senders = zip(*messages, strict=True)
            cursor.execute(_QUEUE, [workspace, sender_kind, step, due, ints(profiles), list(channels), list(addresses), ints(senders)])


def unsent(sender_kind: str, senders: models.QuerySet[Any]) -> models.QuerySet[Message]:
    """What these still have to send. Whoever drops it or changes its lease takes it out of the hands of the worker that has it, all but the
    one that is going out at that moment.
    """
    return Message.objects.filter(sender_kind=sender_kind, sender_id__in=senders.values("pk"), sent=None, dropped=None)


def wanted(now: datetime) -> models.Q:
    """Those that somebody has to send now."""
    return models.Q(sent=None, dropped=None, due__lte=now) & (models.Q(leased=None) | models.Q(leased__lte=now))
