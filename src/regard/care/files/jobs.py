from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from regard.care.files.keep import put_away, sweep


@app.periodic(cron="*/10 * * * *")
@app.task(name="care.files", queueing_lock="care.files")
def look_after_files(timestamp: int) -> None:
    """What was cut short: bytes that are not in the store yet, and those of cases that are gone."""
    put_away()
    sweep()
    connection.close()
