from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.governance.initiatives.measure import measure_all


@app.periodic(cron="17 5 * * *")
@app.task(name="governance.measure", queueing_lock="governance.measure")
def measure(timestamp: int) -> None:
    try:
        measure_all(now=timezone.now())
    finally:
        connection.close()
