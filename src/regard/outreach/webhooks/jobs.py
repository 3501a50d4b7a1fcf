from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.outreach.webhooks.deliver import deliver_due
from regard.outreach.webhooks.models import Delivery

_KEPT = timedelta(days=30)


@app.periodic(cron="* * * * *")
@app.task(name="outreach.webhooks", queueing_lock="outreach.webhooks", queue="messages")
def deliver(timestamp: int) -> None:
    """What is due, for most of a minute; the rest with the next."""
    try:
        deliver_due()
    finally:
        connection.close()


@app.periodic(cron="41 4 * * *")
@app.task(name="outreach.webhooks.forget", queueing_lock="outreach.webhooks.forget")
def forget_old(timestamp: int) -> None:
    try:
        Delivery.objects.filter(made__lt=timezone.now() - _KEPT).delete()
    finally:
        connection.close()
