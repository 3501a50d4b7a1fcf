"""Deliveries off the request, their schedule and their retries."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.connectors.writeback.deliver import deliver
from regard.connectors.writeback.farewell import give_up
from regard.connectors.writeback.models import LEASE, Delivery, Destination, NotNow
from regard.connectors.writeback.tidy import delete_old_files
from regard.jobs.defer import defer

SCHEDULE, ERASURE = "schedule", "erasure"
_EVERY = {Destination.Every.HOURLY: timedelta(hours=1), Destination.Every.DAILY: timedelta(days=1)}


@app.task(name="connectors.writeback.deliver", queue="writeback")
def carry_out(pk: int) -> None:
    try:
        deliver(pk)
    finally:
        database.close()


@app.periodic(cron="* * * * *")
@app.task(name="connectors.writeback.tick", queueing_lock="connectors.writeback.tick")
def tick(timestamp: int) -> None:
    take_up(now=timezone.now())
    database.close()


@app.periodic(cron="47 3 * * *")
@app.task(name="connectors.writeback.forget_old", queueing_lock="connectors.writeback.forget_old")
def forget_old(timestamp: int) -> None:
    """The log is kept as long as what comes in, files as long as their destination says, nobody's key for a system that does not listen."""
    give_up(now=timezone.now())
    delete_old_files(now=timezone.now())
    Delivery.objects.filter(ended__lt=timezone.now() - timedelta(days=settings.INBOX_DAYS)).delete()
    database.close()


@transaction.atomic
def begin(destination: Destination, *, by: str, erasures_only: bool = False) -> Delivery:
    """Enter a delivery and queue its job, both or neither. Raises NotNow."""
    delivery = destination.begin(by=by, now=timezone.now(), erasures_only=erasures_only)
    defer(carry_out, pk=delivery.pk)
    return delivery


@transaction.atomic
def again(delivery: Delivery, *, by: str) -> None:
    """Raises NotNow."""
    delivery.again(by=by, now=timezone.now())
    defer(carry_out, pk=delivery.pk)


def take_up(*, now: datetime) -> None:
    """What waited long enough, what a killed server left, what is due by its schedule, and who was erased."""
    for pk in Delivery.objects.filter(ended=None, next_try__lte=now, destination__on=True).values_list("pk", flat=True):
        with transaction.atomic():
            if Delivery.objects.filter(pk=pk, ended=None, next_try__lte=now).update(next_try=now + LEASE):
                defer(carry_out, pk=pk)
    for destination in Destination.objects.filter(on=True, every__in=_EVERY):
        last = destination.deliveries.filter(erasures_only=False).values_list("asked", flat=True).first()
        if last is None or last + _EVERY[Destination.Every(destination.every)] <= now:
            with suppress(NotNow):  # the last one is not through yet
                begin(destination, by=SCHEDULE)
    for destination in Destination.objects.filter(on=True, farewells__batch=None, farewells__isnull=False).distinct():
        with suppress(NotNow):
            begin(destination, by=ERASURE, erasures_only=True)
