from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from regard.jobs.consume import consume
from regard.site.wiring import subscriptions
from regard.warehouse import WarehouseAway, warehouse

log = logging.getLogger(__name__)
_REST = 0.5


class Consumers(threading.Thread):
    """Gives every handler its next batch of events, again and again. One that fails waits while the others go on."""

    def __init__(self) -> None:
        super().__init__(name="consumers", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        known = subscriptions()
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
            if not moved:
                self.stopping.wait(_REST)
        warehouse().close()
        connection.close()

    def stop(self) -> None:
        self.stopping.set()
        self.join(20)


def consume_all() -> None:
    """Until nobody has anything left: for the command line and tests."""
    known = subscriptions()
    while sum(consume(subscription) for subscription in known):
        pass
