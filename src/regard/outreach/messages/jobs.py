from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from regard.outreach.messages.send import send_due


@app.periodic(cron="* * * * *")
@app.task(name="outreach.send", queueing_lock="outreach.send", queue="messages")
def send(timestamp: int) -> None:
    """What is due, for most of a minute; the rest with the next."""
    try:
        send_due()
    finally:
        connection.close()
