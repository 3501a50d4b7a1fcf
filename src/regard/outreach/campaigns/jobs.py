from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.outreach.campaigns.measure import measure_due
from regard.outreach.campaigns.run import run_campaigns


@app.periodic(cron="* * * * *")
@app.task(name="outreach.campaigns", queueing_lock="outreach.campaigns", queue="messages")
def campaigns(timestamp: int) -> None:
    try:
        run_campaigns(now=timezone.now())
    finally:
        connection.close()


@app.periodic(cron="*/5 * * * *")
@app.task(name="outreach.campaigns.measure", queueing_lock="outreach.campaigns.measure")
def measure(timestamp: int) -> None:
    try:
        measure_due(now=timezone.now())
    finally:
        connection.close()
