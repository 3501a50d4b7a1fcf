from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.segments.computed.refresh import refresh, sweep
from regard.warehouse import WarehouseAway, warehouse
from regard.workspace.workspaces.models import Workspace

log = logging.getLogger(__name__)


@app.periodic(cron="3-59/15 * * * *")
@app.task(name="segments.computed.refresh", queueing_lock="segments.computed.refresh")
def refresh_all(timestamp: int) -> None:
    """Computed traits at most a quarter of an hour old, two minutes before segments are worked out from them."""
    try:
        for workspace in Workspace.objects.all():
            sweep(workspace, now=timezone.now())
            refresh(workspace, now=timezone.now())
    except WarehouseAway:
        log.warning("ClickHouse is away; computed traits are worked out later.")
    finally:
        warehouse().close()
        connection.close()
