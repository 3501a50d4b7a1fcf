from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.listening.files.store import sweep


@app.periodic(cron="*/10 * * * *")
@app.task(name="listening.sweep_files", queueing_lock="listening.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Files that no response has, or has any more."""
    sweep(timezone.now())
    connection.close()
