from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from regard.jobs.defer import defer
from regard.listening.invitations.decide import decide_due
from regard.listening.invitations.enter import enter_past, enter_round
from regard.listening.invitations.remind import remind_due
from regard.listening.programmes.models import Kind, Programme
from regard.warehouse import WarehouseAway, warehouse

log = logging.getLogger(__name__)
_MOST = 50.0


@app.periodic(cron="* * * * *")
@app.task(name="listening.decide", queueing_lock="listening.decide")
def decide(timestamp: int) -> None:
    """Whoever is due is decided on and reminded, for most of a minute; the rest with the next."""
    _in_the_engines(lambda: decide_all(now=timezone.now(), seconds=_MOST))


@app.periodic(cron="*/10 * * * *")
@app.task(name="listening.rounds", queueing_lock="listening.rounds")
def rounds(timestamp: int) -> None:
    """Of relationship programmes, whose time has come."""

    def enter() -> None:
        for programme in _running().filter(kind=Kind.RELATIONSHIP):
            enter_round(programme, now=timezone.now())

    _in_the_engines(enter)


@app.task(name="listening.past", retry=RetryStrategy(max_attempts=50, wait=60, retry_exceptions=[WarehouseAway]))
def past(pk: int) -> None:
    """What happened before the launch of a programme that wants it. Tried again while ClickHouse is away: nothing else asks for it."""
    programme = Programme.objects.select_related("workspace").get(pk=pk)
    try:
        enter_past(programme, now=timezone.now())
    finally:
        warehouse().close()
        connection.close()


def decide_all(*, now: datetime, seconds: float) -> int:
    """Returns how many were looked at."""
    end, count = time.monotonic() + seconds, 0
    awake = Programme.objects.filter(paused=None).exclude(launched=None)
    for workspace in awake.order_by("workspace").values_list("workspace", flat=True).distinct():
        while time.monotonic() < end and (looked_at := decide_due(workspace, now=now)):
            count += looked_at
    for programme in _running().exclude(reminders=[]):
        remind_due(programme, now=now)
    return count


def look_back(programme: Programme) -> None:
    """In the transaction of the launch."""
    defer(past, pk=programme.pk)


def _running() -> QuerySet[Programme]:
    return (
        Programme.objects.filter(paused=None, ended=None).exclude(launched=None).select_related("workspace", "purpose")
    )


def _in_the_engines(work: Callable[[], object]) -> None:
    try:
        work()
    except WarehouseAway:
        log.warning("ClickHouse is away; programmes go on when it is back.")
    finally:
        warehouse().close()
        connection.close()
