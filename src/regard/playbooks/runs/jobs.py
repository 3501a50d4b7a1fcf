from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.playbooks.runs.look import look


@app.periodic(cron="* * * * *")
@app.task(name="playbooks.look", queueing_lock="playbooks.look")
def look_around(timestamp: int) -> None:
    try:
        look(now=timezone.now())
    finally:
        connection.close()
