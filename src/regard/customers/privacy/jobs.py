"""Erasing takes a minute where there is much to search, so it is a job; that the disk holds nothing any more is looked at later."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.customers.privacy import retention
from regard.customers.privacy.erase import carry_out, prove_again
from regard.customers.privacy.models import Erasure
from regard.jobs.defer import defer
from regard.jobs.pause import projector_paused

log = logging.getLogger(__name__)
_LOCK = "privacy"


def begin(erasure: Erasure) -> None:
    """Queue what was asked, in the transaction in which it was asked."""
    defer(carry_out_erasure, lock=_LOCK, pk=erasure.pk)


@app.task(name="customers.privacy.carry_out", queue="privacy", retry=5)
def carry_out_erasure(pk: int) -> None:
    """Taken up again after a crash, from where it was."""
    erasure = Erasure.objects.filter(pk=pk, done=None).first()
    try:
        if erasure is not None:
            with projector_paused():
                carry_out(erasure)
    except Exception as problem:
        log.exception("Erasure %s was cut short and will be tried again", pk)
        Erasure.objects.filter(pk=pk).update(failed=f"{type(problem).__name__}: it will be tried again."[:400])
        raise
    finally:
        connection.close()


@app.periodic(cron="*/5 * * * *")
@app.task(name="customers.privacy.prove_again", queueing_lock="customers.privacy.prove_again")
def look_again(timestamp: int) -> None:
    """Erasures that are done and not proven yet: whatever still named them then is looked for anew."""
    for erasure in Erasure.objects.filter(proven=None, done__isnull=False):
        prove_again(erasure, now=timezone.now())
    connection.close()


@app.periodic(cron="23 3 * * *")
@app.task(name="customers.privacy.retention", queueing_lock="customers.privacy.retention", lock=_LOCK)
def keep_no_longer(timestamp: int) -> None:
    """What has been kept long enough goes."""
    with projector_paused():
        retention.carry_out_all(now=timezone.now())
    connection.close()
