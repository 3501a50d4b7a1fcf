from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from regard.jobs.consume import consume
from regard.site.wiring import subscriptions, ticks
from regard.warehouse import WarehouseAway, warehouse

log = logging.getLogger(__name__)
_REST = 0.5


class Consumers(threading.Thread):
    """Gives every handler its next batch of events, again and again. One that fails waits while the others go on."""

    def __init__(self) -> None:
        super().__init__(name="consumers", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        known, ticking = subscriptions(), ticks()
        while not self.stopping.is_set():
            close_old_connections()
            moved = 0
            for subscription in known:
                try:
                    moved += consume(subscription)
                except (WarehouseAway, DatabaseError, InterfaceError):
                    warehouse().close()
                except Exception:
                    log.exception("%s failed on a batch and will try it again", subscription.name)
            moved += self._tick(ticking)
            if not moved:
                self.stopping.wait(_REST)
        warehouse().close()
        connection.close()

    def _tick(self, ticking: list[Callable[[], int]]) -> int:
        done = 0
        for tick in ticking:
            try:
                done += tick()
            except (WarehouseAway, DatabaseError, InterfaceError):
                warehouse().close()
            except Exception:
                log.exception("%s failed and will be tried again", tick.__qualname__)
        return done

    def stop(self) -> None:
        self.stopping.set()
        self.join(20)


def consume_all() -> None:
    """Until nobody has anything left: for the command line and tests."""
    known, ticking = subscriptions(), ticks()
    while sum(consume(subscription) for subscription in known) or sum(tick() for tick in ticking):
        pass
