from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.segments.members.mirror import refresh
from regard.segments.models import Segment
from regard.warehouse import WarehouseAway, warehouse

log = logging.getLogger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="segments.refresh", queueing_lock="segments.refresh")
def refresh_all(timestamp: int) -> None:
    """Who belongs to which segment or list, at most five minutes old."""
    try:
        for segment in Segment.objects.filter(retired=None):
            refresh(segment, now=timezone.now())
    except WarehouseAway:
        log.warning("ClickHouse is away; segments are worked out later.")
    finally:
        warehouse().close()
        connection.close()
