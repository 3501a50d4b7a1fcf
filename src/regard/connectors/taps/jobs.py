"""Long work on connections, off the request, and their schedule."""

from __future__ import annotations

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from procrastinate.contrib.django import app

from regard.connectors.taps import carry_out
from regard.connectors.taps.models import Connection, ConnectionRefused, Run, Stream
from regard.connectors.taps.schedule import due
from regard.jobs.defer import defer

SCHEDULE = "schedule"
#: Taps may run for hours: so many at once, so that imports and everything else still find a worker.
LANES = 2
GIVE_UP = 3


@app.task(name="connectors.taps.carry_out", queue="taps", retry=3)
def carry_out_run(pk: int) -> None:
    """Tried again after a crash: what was cut short is closed and taken up from its last STATE."""
    run = Run.objects.select_related("connection", "stream__connection").filter(pk=pk).first()
    if run is not None:
        try:
            carry_out.carry_out(run)
        finally:
            database.close()


@app.task(name="connectors.taps.remove_folder", queue="taps")
def remove_folder(pk: int) -> None:
    carry_out.remove_folder(pk)


@app.periodic(cron="* * * * *")
@app.task(name="connectors.taps.tick", queueing_lock="connectors.taps.tick")
def tick(timestamp: int) -> None:
    """Close what a killed server left open, and start what is due."""
    if settings.TAPS:
        start_due()
    database.close()


@app.periodic(cron="41 3 * * *")
@app.task(name="connectors.taps.forget_old_runs", queueing_lock="connectors.taps.forget_old_runs")
def forget_old_runs(timestamp: int) -> None:
    carry_out.forget_old_runs()
    database.close()


@transaction.atomic
def begin(connection: Connection, what: str, *, by: str, stream: Stream | None = None) -> Run:
    """Enter a run and queue its job, both or neither. Raises ConnectionRefused."""
    run = connection.ask(what, by=by, stream=stream)
    defer(carry_out_run, lock=f"taps-{connection.pk % LANES}", pk=run.pk)
    return run


def start_due() -> list[Run]:
    """Runs of connections whose time has come, and of those that the end of the server interrupted."""
    carry_out.close_cut_short()
    found, now = [], timezone.now()
    for connection in Connection.objects.filter(on=True).select_related("workspace").defer("catalog", "about"):
        runs = connection.runs.filter(kind=Run.Kind.RUN)
        last = runs.first()
        ends = list(runs.values_list("outcome", flat=True)[:GIVE_UP])
        # One that the server does not survive is not begun again and again.
        resumed = ends[:1] == [Run.Outcome.INTERRUPTED] and ends != [Run.Outcome.INTERRUPTED] * GIVE_UP
        asked = runs.aggregate(at=Max("asked"))["at"]
        if resumed or due(connection, last=asked, now=now):
            try:
                found.append(begin(connection, Run.Kind.RUN, by=last.by if last and resumed else SCHEDULE))
            except ConnectionRefused:
                continue  # it runs, or has nothing to run yet
    return found
