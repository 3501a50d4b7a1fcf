from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.care.complaints.due import watch_complaints


@app.periodic(cron="* * * * *")
@app.task(name="care.complaints", queueing_lock="care.complaints")
def deadlines(timestamp: int) -> None:
    try:
        watch_complaints(now=timezone.now())
    finally:
        connection.close()
