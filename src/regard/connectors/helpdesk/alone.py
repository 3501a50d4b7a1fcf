"""Each ticket stands alone: what goes wrong with one is kept, it is tried again, later each time, and the others go on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.helpdesk.models import Desk, Setback, Way
from regard.connectors.helpdesk.trouble import Halt, Trouble, Unreached

_LONGEST = timedelta(hours=1)
_log = logging.getLogger(__name__)


@contextmanager
def alone(desk: Desk, number: int, way: Way) -> Iterator[None]:
    """What goes wrong within is this ticket's. Raises only what is the whole desk's (Halt)."""
    desk.hold()
    try:
        yield
    except Unreached as problem:
        # It may be this one that is too much for them: when it goes on, the others are not kept waiting.
        set_back(desk, number, way, str(problem))
        raise
    except Halt:
        raise
    except Trouble as problem:
        set_back(desk, number, way, str(problem))
    except Exception:  # what nobody thought of
        _log.exception("Ticket %s of %s could not be %s", number, desk, "taken" if way == Way.TAKE else "put")
        set_back(desk, number, way, _("Something in it could not be read. The server’s log says what."))
    else:
        Setback.objects.filter(desk=desk, number=number, way=way).delete()


def set_back(desk: Desk, number: int, way: Way, trouble: str) -> None:
    """Committed at once: the export may go on without it."""
    now = timezone.now()
    told = {"trouble": trouble[:300], "again": now}
    found, made = Setback.objects.get_or_create(
        desk=desk, number=number, way=way, defaults={**told, "since": now, "tries": 1}
    )
    if not made:
        Setback.objects.filter(pk=found.pk).update(
            tries=F("tries") + 1, trouble=trouble[:300], again=now + pause(found.tries)
        )


def pause(tries: int) -> timedelta:
    """In the next run after the first time; then after 1, 3, 7 … minutes, and at last every hour."""
    return min(timedelta(minutes=2 ** min(tries, 10) - 1), _LONGEST)


def resting(desk: Desk, way: Way, now: datetime) -> QuerySet[Setback, int]:
    """The numbers of those that are not to be tried yet."""
    return desk.setbacks.filter(way=way, again__gt=now).values_list("number", flat=True)


def due(desk: Desk, way: Way, now: datetime) -> QuerySet[Setback, int]:
    return desk.setbacks.filter(way=way, again__lte=now).order_by("again", "pk").values_list("number", flat=True)
