from __future__ import annotations

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.care.cases.clocks import watch_clocks
from regard.care.cases.weigh import weigh_again
from regard.care.queues.worth import set_cuts, weighing
from regard.workspace.workspaces.models import Workspace


@app.periodic(cron="40 2 * * *")
@app.task(name="care.worth", queueing_lock="care.worth")
def work_out_worth(timestamp: int) -> None:
    """Who is among those worth most, by queue; then every open case by what its customer is worth and has scored."""
    now = timezone.now()
    try:
        set_cuts(now=now)
        for workspace in Workspace.objects.filter(pk__in=weighing().values("workspace")):
            weigh_again(workspace.pk, now=now)
    finally:
        connection.close()


@app.periodic(cron="* * * * *")
@app.task(name="care.clocks", queueing_lock="care.clocks")
def clocks(timestamp: int) -> None:
    try:
        watch_clocks(now=timezone.now())
    finally:
        connection.close()
