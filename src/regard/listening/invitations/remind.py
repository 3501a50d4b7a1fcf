"""Once more to those who have not answered, as often as the programme says, and only where the contact policy still allows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from regard.customers.contact.claim_contact import log_contacts
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.queries import asked
from regard.customers.contact.quiet.next_allowed import is_quiet
from regard.customers.contact.verdict import Outcome
from regard.listening.invitations.decide import closed
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.outreach.messages.models import Addressed, Bounce, queue

_BATCH = 5_000


def remind_due(programme: Programme, *, now: datetime) -> int:
    """Queue the reminders that are due. Returns how many. One that has to wait is looked at again with the next call."""
    count = 0
    for number, days in enumerate(programme.reminders):
        after = 0
        while batch := _due(programme, number, now - timedelta(days=days), now, after):
            count += _remind(programme, batch, number, now)
            after = batch[-1].pk
    return count


def _due(programme: Programme, number: int, before: datetime, now: datetime, after: int) -> list[Invitation]:
    silent = Invitation.objects.filter(
        programme=programme,
        started=None,
        opted_out=None,
        sent__lte=before,
        reminded=number,
        expires__gt=now,
        pk__gt=after,
    )
    return list(silent.exclude(bounce=Bounce.HARD).order_by("pk")[:_BATCH])


@transaction.atomic
def _remind(programme: Programme, batch: Sequence[Invitation], number: int, now: datetime) -> int:
    people, shut = asked(programme.workspace_id, [one.profile_id for one in batch]), closed(programme)
    awake = [one for one in batch if not is_quiet(now, shut, people.zone_of(people.customer.get(one.profile_id, 0)))]
    count = 0
    for channel in {one.channel for one in awake}:
        mine = [one for one in awake if one.channel == channel]
        verdicts = may_contact(
            programme.workspace_id, [one.profile_id for one in mine], purpose=programme.purpose.key, channel=channel, now=now,
            sender=Sender("reminder", str(programme.pk)), counted=False,
        )  # fmt: skip
        told = list(zip(mine, verdicts, strict=True))
        allowed = [(one, verdict.address) for one, verdict in told if verdict.allowed]
        addressed = [Addressed(one.profile_id, channel, address, one.pk) for one, address in allowed]
        queue(programme.workspace_id, addressed, sender_kind="invitation", due=now, step=number + 1)
        log_contacts(
            programme.purpose, [(one.profile_id, address) for one, address in allowed], channel=channel, at=now,
            sender=Sender("reminder", str(programme.pk)),
        )  # fmt: skip
        Invitation.objects.filter(pk__in=[one.pk for one, _address in allowed]).update(reminded=number + 1)
        refused = [one.pk for one, verdict in told if verdict.outcome is Outcome.REFUSED]
        Invitation.objects.filter(pk__in=refused).update(reminded=len(programme.reminders))
        count += len(allowed)
    return count
