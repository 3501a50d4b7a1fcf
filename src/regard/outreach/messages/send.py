"""Sends what is due. A message is sent, then noted as sent; a worker killed in between sends that one again, and no other.

A batch is leased; one whose worker is gone is taken over when the lease ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.ledger.inbox.put import put_rows
from regard.ledger.sources.product import product_source
from regard.outreach.messages.carriers import CARRIERS, Away, Carrier, Gone, Later, Unwanted
from regard.outreach.messages.models import REST, Message, wanted
from regard.outreach.messages.outcome import note
from regard.outreach.messages.senders import SENDERS, Content, Outcome

LEASE = timedelta(minutes=5)
_BATCH = 200
#: How long a message waits after each time that the other side wanted it later; then it is given up.
_WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12), timedelta(hours=24))


def send_due(*, seconds: float = 50.0) -> int:
    """Send for about so long, or until nothing is due. Returns how many went out."""
    tell_sent()
    end, sent = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        batch = lease(now=timezone.now())
        if not batch:
            break
        sent += _send(batch, end)
        tell_sent()
    return sent


@transaction.atomic
def lease(*, now: datetime) -> list[Message]:
    """Some of one workspace and channel, the longest due first; nobody else takes them for a while."""
    open_ones = Message.objects.filter(wanted(now))
    first = open_ones.order_by("due", "id").first()
    if first is None:
        return []
    same = open_ones.filter(workspace=first.workspace_id, channel=first.channel)
    batch = list(same.select_for_update(skip_locked=True).order_by("due", "id")[:_BATCH])
    Message.objects.filter(pk__in=[one.pk for one in batch]).update(leased=now + LEASE)
    for one in batch:
        one.leased = now + LEASE
    return batch


def _send(batch: list[Message], end: float) -> int:
    workspace, channel = batch[0].workspace_id, batch[0].channel
    written = _written(workspace, batch)
    batch = [one for one in batch if written.get(one.pk)]
    if not batch:
        return 0
    try:
        opener = CARRIERS.get(channel)
        if opener is None:
            raise Away(_("Nothing is set up to send by this channel."))
        carrier = opener(workspace)
    except Away as problem:
        _rest(batch, str(problem))
        return 0
    try:
        return _carry(carrier, batch, written, end)
    finally:
        carrier.close()


def _written(workspace: int, batch: Sequence[Message]) -> dict[int, Content]:
    """What each reads like; those that are not to go out any more are dropped, those that are held back wait."""
    found: dict[int, Content] = {}
    for kind in {one.sender_kind for one in batch}:
        mine = [one for one in batch if one.sender_kind == kind]
        contents: Mapping[int, Content | None] = SENDERS[kind].write(workspace, mine)
        over = [one for one in mine if one.pk in contents and contents[one.pk] is None]
        note(over, Outcome.DROPPED, now=timezone.now())
        held = [one.pk for one in mine if one.pk not in contents]
        Message.objects.filter(pk__in=held).update(leased=timezone.now() + REST)
        found |= {pk: content for pk, content in contents.items() if content is not None}
    return found


def _carry(carrier: Carrier, batch: list[Message], written: Mapping[int, Content], end: float) -> int:
    begun, sent = time.monotonic(), 0
    for place, message in enumerate(batch):
        if time.monotonic() > end or not _still_ours(batch[place:]):
            _release(batch[place:])
            break
        if not _still_wanted(message):
            continue
        try:
            reference = carrier.carry(message, written[message.pk])
        except Gone as problem:
            note([message], Outcome.HARD, now=timezone.now(), trouble=str(problem))
            Message.objects.filter(pk=message.pk).update(dropped=timezone.now(), attempts=message.attempts + 1)
        except Unwanted as problem:
            note([message], Outcome.DROPPED, now=timezone.now(), trouble=str(problem))
        except Later as problem:
            _put_off(message, str(problem))
        except Away as problem:
            _rest(batch[place:], str(problem))
            break
        else:
            Message.objects.filter(pk=message.pk).update(
                sent=timezone.now(), dropped=None, reference=reference, leased=None, attempts=message.attempts + 1, trouble=""
            )
            sent += 1
        ahead = (place + 1) / carrier.per_second - (time.monotonic() - begun)
        if ahead > 0:
            time.sleep(ahead)
    return sent


def _still_ours(rest: list[Message]) -> bool:
    """Renew what runs out. When another has taken over meanwhile, it is the other's."""
    held, now = rest[0].leased, timezone.now()
    assert held is not None
    if held - now > LEASE / 2:
        return True
    mine = Message.objects.filter(pk__in=[one.pk for one in rest], leased=held)
    if mine.update(leased=now + LEASE) < len(rest):
        return False
    for one in rest:
        one.leased = now + LEASE
    return True


def _still_wanted(message: Message) -> bool:
    """Nobody has stopped it, held it back or erased it since its batch was taken."""
    return Message.objects.filter(pk=message.pk, leased=message.leased, sent=None, dropped=None).exists()


def _release(rest: Sequence[Message]) -> None:
    Message.objects.filter(pk__in=[one.pk for one in rest], leased=rest[0].leased, sent=None).update(leased=None)


def _rest(messages: Sequence[Message], trouble: str) -> None:
    """Nothing goes out this way for now: all that is due waits, and says why."""
    Message.objects.filter(pk__in=[one.pk for one in messages]).update(
        leased=timezone.now() + REST, trouble=trouble[:300]
    )
    rest = Message.objects.filter(
        wanted(timezone.now()), workspace=messages[0].workspace_id, channel=messages[0].channel
    )
    rest.update(leased=timezone.now() + REST, trouble=trouble[:300])


def _put_off(message: Message, trouble: str) -> None:
    now = timezone.now()
    if message.attempts >= len(_WAITS):
        note([message], Outcome.SOFT, now=now, trouble=trouble)
        note([message], Outcome.DROPPED, now=now)
        return
    Message.objects.filter(pk=message.pk).update(
        attempts=message.attempts + 1, due=now + _WAITS[message.attempts], leased=None, trouble=trouble[:300]
    )


def tell_sent() -> None:
    """Into the ledger and to their senders, what was sent and not told yet: also what a killed worker left."""
    while _tell_some():
        pass


@transaction.atomic
def _tell_some() -> bool:
    untold = Message.objects.filter(told=None).exclude(sent=None).order_by("sent")
    first = untold.first()
    if first is None:
        return False
    batch = list(
        untold.filter(workspace=first.workspace_id, sender_kind=first.sender_kind)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("profile")[:_BATCH]
    )
    if not batch:
        return False
    contents = SENDERS[first.sender_kind].about(first.workspace_id, batch)
    put_rows(
        workspace=first.workspace_id, source=product_source(first.workspace_id, _("Messages")),
        rows=[_row(one, contents.get(one.pk, "")) for one in batch],
    )  # fmt: skip
    SENDERS[first.sender_kind].told(batch, Outcome.SENT, timezone.now())
    Message.objects.filter(pk__in=[one.pk for one in batch]).update(told=timezone.now())
    return True


def _row(message: Message, about: str) -> dict[str, object]:
    assert message.sent is not None
    return {
        "kind": "message", "message_id": f"message/{message.pk}", "at": message.sent.isoformat(), "about": message.profile_id,
        "channel": message.channel,
        "event": about[:200], "outcome": "sent", "properties": json.dumps({"sender": message.sender_kind, "step": message.step}),
    }  # fmt: skip
