from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.listening.responses.answer import FINAL_AFTER, finalise
from regard.listening.responses.models import Response

_AT_ONCE = 1_000


@app.periodic(cron="*/5 * * * *")
@app.task(name="listening.finalise", queueing_lock="listening.finalise")
def finalise_late(timestamp: int) -> None:
    """Responses that were left an hour ago count as they are."""
    finalise_all()
    connection.close()


def finalise_all() -> int:
    now = timezone.now()
    late = Response.objects.filter(completed=None, final=None, saved__lte=now - FINAL_AFTER).order_by("saved")
    return sum(finalise(one, now=now) for one in late[:_AT_ONCE])
