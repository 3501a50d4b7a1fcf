"""Carries a delivery out: batch after batch, each marked as delivered before the next is made."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.taps.sealed import Unreadable
from regard.connectors.writeback import folder, sftp, webhook
from regard.connectors.writeback.batch import Closed, next_batch
from regard.connectors.writeback.models import LEASE, RETRY_AFTER, Batch, Delivery, Destination, Sent
from regard.connectors.writeback.queries import LedgerAway
from regard.connectors.writeback.webhook import NotTaken
from regard.customers.people.models import Profile
from regard.jobs.pause import alone

log = logging.getLogger(__name__)
_LOCK = 7205


def deliver(pk: int, *, clock: Callable[[], datetime] = timezone.now) -> None:
    """Go on with a delivery where it is. Safe to call at any time: what is closed, paused or in other hands is left alone."""
    delivery = Delivery.objects.select_related("destination").filter(pk=pk).first()
    if delivery is None:
        return
    with alone(_LOCK, delivery.destination_id) as ours:
        if not ours:
            return
        try:
            while _step(pk, clock):
                pass
        except Closed:
            return
        except LedgerAway:
            delivery.later(clock() + timedelta(minutes=1), _("The ledger does not answer; it goes on when it does."))
        except Unreadable as problem:
            delivery.ask_for_help(str(problem))
        except DatabaseError:
            raise  # taken up again when its lease has run out
        except Exception:
            log.exception("Delivery %s failed", pk)
            delivery.ask_for_help(_("Regard failed to carry this out; the server’s log says more."))


def _step(pk: int, clock: Callable[[], datetime]) -> bool:
    """One batch; True when there may be another."""
    delivery = Delivery.objects.select_related("destination__segment").get(pk=pk)
    destination = delivery.destination
    if delivery.ended or delivery.needs_attention:
        return False
    if not destination.on:
        delivery.later(clock(), _("Paused."))
        return False
    segment = None if delivery.erasures_only else destination.segment
    if segment and segment.retired:
        delivery.ask_for_help(_("Its segment was retired: choose another."))
        return False
    if segment and segment.definition is not None and segment.refreshed is None:
        # Nobody would be in it, and everybody seem to have left.
        delivery.later(clock() + timedelta(minutes=1), _("Who belongs to its segment is not worked out yet."))
        return False
    batch = delivery.waiting or next_batch(delivery)
    if batch is None:
        delivery.close(Delivery.Outcome.DONE)
        return False
    # Counted before it goes: what kills the server each time must come to an end too.
    batch.tries += 1
    Batch.objects.filter(pk=batch.pk).update(tries=batch.tries, tried=clock())
    delivery.later(clock() + LEASE, "")
    try:
        status = _hand_over(destination, batch)
    except NotTaken as problem:
        _failed(delivery, batch, problem, clock())
        return False
    _delivered(delivery, batch, status, clock())
    return True


def _hand_over(destination: Destination, batch: Batch) -> int | None:
    if destination.kind == Destination.Kind.CSV:
        folder.write(destination, batch)
        return None
    if destination.kind == Destination.Kind.SFTP:
        sftp.put(destination.account, destination.host_key, folder.name_of(batch), folder.content_of(batch))
        return None
    return webhook.send(destination, batch)


def _failed(delivery: Delivery, batch: Batch, problem: NotTaken, now: datetime) -> None:
    Batch.objects.filter(pk=batch.pk).update(status=problem.status, reason=str(problem)[:400])
    if problem.final or batch.tries > len(RETRY_AFTER):
        delivery.ask_for_help(str(problem))
    else:
        delivery.later(now + RETRY_AFTER[batch.tries - 1], str(problem))


@transaction.atomic
def _delivered(delivery: Delivery, batch: Batch, status: int | None, now: datetime) -> None:
    """From now on these customers are known to be there, or to be gone. One who was erased meanwhile is not."""
    ours = Batch.objects.filter(pk=batch.pk, delivered=None)
    if not ours.update(delivered=now, status=status, reason="", customers=[], contents=[], body=b""):
        return  # taken back while it was on its way
    if batch.what != Batch.What.CHANGED:
        Sent.objects.filter(destination=delivery.destination_id, customer__in=batch.customers).update(content=None)
        batch.farewells.all().delete()
        Delivery.objects.filter(pk=delivery.pk).update(left=F("left") + batch.size, message="")
        return
    there = set(Profile.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=batch.customers).values_list("pk", flat=True))  # fmt: skip
    told = [
        Sent(destination_id=delivery.destination_id, customer_id=who, content=content)
        for who, content in zip(batch.customers, batch.contents, strict=True)
        if who in there
    ]
    Sent.objects.bulk_create(told, update_conflicts=True, unique_fields=["destination", "customer"], update_fields=["content"])  # fmt: skip
    Delivery.objects.filter(pk=delivery.pk).update(sent=F("sent") + batch.size, message="")
