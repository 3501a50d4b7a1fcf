"""Both ways, for most of a minute: first what came from there, then what we did. How far it was read is committed after each page, and each ticket
with what it led to; so a worker that is killed has done a ticket once or not at all. One that fails is remembered before the place moves on.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.helpdesk.alone import alone, due, resting, set_back
from regard.connectors.helpdesk.attachments import fetch
from regard.connectors.helpdesk.models import LEASE, Desk, Ticket, Way
from regard.connectors.helpdesk.put import put, waiting
from regard.connectors.helpdesk.take import case_of, latest, take
from regard.connectors.helpdesk.trouble import Conflict, Limited, Missing, Trouble
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.outreach.sealed import Unreadable

_log = logging.getLogger(__name__)
_BATCH, _RETAKEN = 200, 50
#: How often a ticket that changes under our hands is looked at again within a run.
_TRIES = 3


def sync_all(*, seconds: float = 45.0) -> int:
    """Every desk that is not paused and does not wait. Returns how many were looked at."""
    found = 0
    for desk in Desk.objects.filter(paused=None).select_related("workspace", "queue"):
        found += sync(desk, seconds=seconds)
    return found


def sync(desk: Desk, *, seconds: float = 45.0) -> bool:
    """Whether it was this worker's turn. What goes wrong with all of it is kept with the desk, in a sentence; with one ticket, with that."""
    now = timezone.now()
    free = Desk.objects.filter(Q(leased=None) | Q(leased__lte=now), Q(waits=None) | Q(waits__lte=now), pk=desk.pk, paused=None)
    if not free.update(leased=now + LEASE):
        return False
    changes: dict[str, object] = {"trouble": "", "waits": None}
    try:
        api, end = Zendesk(desk), time.monotonic() + seconds
        _retake(desk, api, end)
        _pull(desk, api, end)
        fetch(desk, api, end)
        _push(desk, api, end)
        changes["synced"] = timezone.now()
    except Limited as problem:
        changes |= {"waits": timezone.now() + timedelta(seconds=problem.seconds), "synced": timezone.now()}
    except (Trouble, Unreadable) as problem:
        changes["trouble"] = str(problem)[:300]
    except Exception:  # what nobody thought of; other workspaces go on
        _log.exception("%s could not be read", desk)
        changes["trouble"] = _("Something in it could not be read. The server’s log says what; it is tried again in a minute.")
    finally:
        changes["leased"] = None
        Desk.objects.filter(pk=desk.pk).update(**changes)
    return True


def _retake(desk: Desk, api: Zendesk, end: float) -> None:
    """Those that failed, as they are now."""
    for number in list(due(desk, Way.TAKE, timezone.now())[:_RETAKEN]):
        if time.monotonic() > end:
            return
        with alone(desk, number, Way.TAKE):
            take(desk, api, latest(api, number))


def _pull(desk: Desk, api: Zendesk, end: float) -> None:
    waits = set(resting(desk, Way.TAKE, timezone.now()))
    while time.monotonic() < end:
        page = api.changed(desk.cursor, desk.begun)
        for told in page.tickets:
            if time.monotonic() > end:
                return  # the page is read again: what was taken of it is known by its stamp
            if told.id not in waits:
                with alone(desk, told.id, Way.TAKE):
                    take(desk, api, told)
        for number in page.unread:
            set_back(desk, number, Way.TAKE, _("Zendesk tells of this ticket in a way that cannot be read."))
        if page.after and page.after != desk.cursor:
            desk.cursor = page.after
            Desk.objects.filter(pk=desk.pk).update(cursor=desk.cursor)
        if page.end or not page.after:
            return


def _push(desk: Desk, api: Zendesk, end: float) -> None:
    now = timezone.now()
    rows = Ticket.objects.filter(waiting(now), desk=desk).order_by("pending", "pk") if desk.puts else Ticket.objects.none()
    desk.setbacks.filter(way=Way.PUT).exclude(number__in=rows.values("number")).delete()  # nothing is to be put there any more
    rows = rows.exclude(number__in=resting(desk, Way.PUT, now))
    for pk, number in list(rows.values_list("pk", "number")[:_BATCH]):
        if time.monotonic() > end:
            return
        with alone(desk, number, Way.PUT):
            _put(desk, api, pk)


def _put(desk: Desk, api: Zendesk, pk: int) -> None:
    for _try in range(_TRIES):
        row = Ticket.objects.select_related("case__merged_into").get(pk=pk)
        if row.case is None or row.over is not None:
            return
        try:
            put(row, case_of(row), api)
            return
        except Conflict:
            try:
                take(desk, api, api.ticket(row.number))
            except Missing:
                Ticket.objects.filter(pk=pk).update(over=timezone.now(), pending=None, sending="")
                return


def since(now: datetime) -> datetime:
    """From when on tickets of a desk that is connected now are taken."""
    return now - timedelta(minutes=2)
