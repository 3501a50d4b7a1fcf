from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from regard.customers.duplicates.accept_all import accept_all
from regard.customers.duplicates.find import CannotSearch, find_duplicates, installed
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings, SearchRefused
from regard.jobs.defer import defer

log = logging.getLogger(__name__)
SCHEDULE = "schedule"
_WEEK = timedelta(days=7)
#: A run that the server does not survive is not begun again and again.
_GIVE_UP = 3


@app.task(name="customers.duplicates.carry_out", queue="duplicates", retry=3)
def carry_out(pk: int) -> None:
    """Begun again after a crash: a search from its start, an acceptance with what still waits."""
    run = DuplicateRun.objects.filter(pk=pk, ended=None).first()
    if run is not None:
        try:
            work(run)
        finally:
            connection.close()


@transaction.atomic
def begin(workspace: int, kind: str, *, by: str, threshold: float | None = None) -> DuplicateRun:
    """Enter a run and queue its job, both or neither. Raises SearchRefused."""
    if kind == DuplicateRun.Kind.SEARCH and not installed():
        raise SearchRefused(
            _("Searching needs the extra “identity”: pip install 'regard[identity]', then restart Regard.")
        )
    least = DuplicateSettings.of(workspace).threshold if threshold is None else threshold
    run = DuplicateRun.ask(workspace, kind, by=by, threshold=least)
    defer(carry_out, lock="duplicates", pk=run.pk)  # one at a time: each may take much of the machine
    return run


def work(run: DuplicateRun) -> None:
    """Do it, and write down how it went."""
    run.tries += 1
    DuplicateRun.objects.filter(pk=run.pk).update(tries=run.tries)
    if run.tries > _GIVE_UP:
        run.end(DuplicateRun.Outcome.FAILED, _("The server stopped three times while this ran; its log says more."))
        return
    try:
        (find_duplicates if run.kind == DuplicateRun.Kind.SEARCH else accept_all)(run)
    except CannotSearch as problem:
        run.end(DuplicateRun.Outcome.FAILED, str(problem))
    except DatabaseError:
        raise  # tried again when the database is back
    except Exception:
        log.exception("Run %s on duplicates failed", run.pk)
        run.end(DuplicateRun.Outcome.FAILED, _("Regard failed to carry this out; the server’s log says more."))


@app.periodic(cron="23 2 * * *")
@app.task(name="customers.duplicates.tick", queueing_lock="customers.duplicates.tick")
def tick(timestamp: int) -> None:
    """Weekly searches whose time has come."""
    start_due()
    connection.close()


def start_due() -> list[DuplicateRun]:
    found = []
    # Half an hour of grace: the night's search began a moment later than the week before.
    since = timezone.now() - _WEEK + timedelta(minutes=30)
    for settings in DuplicateSettings.objects.filter(every=DuplicateSettings.Every.WEEKLY):
        recent = DuplicateRun.objects.filter(
            workspace_id=settings.workspace_id, kind=DuplicateRun.Kind.SEARCH, asked__gt=since
        )
        if installed() and not recent.exists():
            try:
                found.append(begin(settings.workspace_id, DuplicateRun.Kind.SEARCH, by=SCHEDULE))
            except SearchRefused:
                continue  # it is being worked on
    return found
