from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.care.cases.clocks import watch_clocks


@app.periodic(cron="* * * * *")
@app.task(name="care.clocks", queueing_lock="care.clocks")
def clocks(timestamp: int) -> None:
    try:
        watch_clocks(now=timezone.now())
    finally:
        connection.close()
