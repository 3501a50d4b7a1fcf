from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from regard.connectors.helpdesk.sync import sync_all


@app.periodic(cron="* * * * *")
@app.task(name="connectors.helpdesk", queueing_lock="connectors.helpdesk", queue="mail")
def sync_desks(timestamp: int) -> None:
    try:
        sync_all()
    finally:
        connection.close()
