"""Does what was asked of a connection: install its tap, test it, fetch first records, or run it."""

from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.taps import sealed
from regard.connectors.taps.catalog import BadCatalog
from regard.connectors.taps.environment import Unusable
from regard.connectors.taps.fetching import discover, fetch, sample
from regard.connectors.taps.installing import install
from regard.connectors.taps.intake import BadTap
from regard.connectors.taps.models import Run
from regard.connectors.taps.work import Failed, Interrupted, Stopped, Work
from regard.jobs.pause import alone

log = logging.getLogger(__name__)
_ACTS = {Run.Kind.INSTALL: install, Run.Kind.DISCOVER: discover, Run.Kind.SAMPLE: sample, Run.Kind.RUN: fetch}
_LOCK = 7204


def carry_out(run: Run) -> None:
    """Do it, and write down how it went. A run that was begun before and has not ended was cut short: it is closed, and taken up again."""
    with alone(_LOCK, run.connection_id) as ours:
        if not ours or run.ended or not settings.TAPS:
            return
        if run.begun:
            run.end(Run.Outcome.INTERRUPTED, _("The server was stopped while it ran."))
            if run.kind != Run.Kind.RUN:
                return
            run = run.connection.ask(run.kind, by=run.by)
        if not Run.objects.filter(pk=run.pk, ended=None, begun=None).update(begun=timezone.now()):
            return
        run.refresh_from_db()
        _do(Work(run))


def close_cut_short() -> list[Run]:
    """Runs whose server was killed: marked as interrupted. Returns those whose connection should go on."""
    found = []
    for run in Run.objects.filter(ended=None).exclude(begun=None).select_related("connection"):
        with alone(_LOCK, run.connection_id) as ours:
            if ours:
                run.refresh_from_db()
                if run.ended is None:
                    run.end(Run.Outcome.INTERRUPTED, _("The server was stopped while it ran."))
                    found.append(run)
    return found


def _do(work: Work) -> None:
    try:
        outcome, message = _ACTS[Run.Kind(work.run.kind)](work)
    except Stopped:
        outcome, message = Run.Outcome.STOPPED, _("It was stopped.")
    except Interrupted:
        outcome, message = Run.Outcome.INTERRUPTED, _("The server was stopped while it ran.")
    except (Failed, BadTap, BadCatalog, Unusable, sealed.Unreadable) as problem:
        outcome, message = Run.Outcome.FAILED, str(problem)
    except DatabaseError:
        raise  # tried again when the database is back: see `close_cut_short`
    except Exception:
        log.exception("Run %s of a connection failed", work.run.pk)
        outcome, message = Run.Outcome.FAILED, _("Regard failed to carry this out; the server’s log says more.")
    work.run.log = work.mask("\n".join(work.log))[-200_000:]
    work.run.end(outcome, work.mask(message))


def forget_old_runs() -> None:
    """The log of runs is kept as long as what they brought in."""
    oldest = timezone.now() - timedelta(days=settings.INBOX_DAYS)
    Run.objects.filter(ended__lt=oldest).delete()


def remove_folder(pk: int) -> None:
    """Its environment goes with a connection."""
    shutil.rmtree(Path(settings.REGARD_DATA) / "taps" / str(pk), ignore_errors=True)
