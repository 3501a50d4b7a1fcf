from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.care.queues.worth import set_cuts


@app.periodic(cron="40 2 * * *")
@app.task(name="care.worth", queueing_lock="care.worth")
def work_out_worth(timestamp: int) -> None:
    """Who is among those worth most, by queue."""
    try:
        set_cuts(now=timezone.now())
    finally:
        connection.close()
