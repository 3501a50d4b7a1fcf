from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.outreach.notices.models import Notice
from regard.outreach.notices.post import post

_KEPT = timedelta(days=90)


@app.periodic(cron="* * * * *")
@app.task(name="outreach.notices.post", queueing_lock="outreach.notices.post", queue="mail")
def post_waiting(timestamp: int) -> None:
    try:
        post(now=timezone.now())
    finally:
        connection.close()


@app.periodic(cron="23 4 * * *")
@app.task(name="outreach.notices.forget", queueing_lock="outreach.notices.forget")
def forget_old(timestamp: int) -> None:
    try:
        Notice.objects.filter(at__lt=timezone.now() - _KEPT).delete()
    finally:
        connection.close()
