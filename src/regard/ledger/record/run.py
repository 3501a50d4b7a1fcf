"""The projector as a thread: woken by PostgreSQL when something is committed, patient when an engine is away."""

from __future__ import annotations

import logging
import threading
import time

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from regard.ledger.inbox.put import WAITING
from regard.ledger.record.project import project_next
from regard.warehouse import WarehouseAway, warehouse

log = logging.getLogger(__name__)
_REST = 0.5
_AWAY = 2.0


class Projector(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="projector", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        listener: psycopg.Connection[tuple[object, ...]] | None = None
        away = ""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                while not self.stopping.is_set() and project_next():
                    pass
                away = self._back(away)
                listener = listener or _listener()
                for _ in listener.notifies(timeout=_REST, stop_after=1):
                    pass
            except (WarehouseAway, DatabaseError, InterfaceError, psycopg.Error) as problem:
                if not away:
                    log.warning(
                        "An engine is away; what comes in waits in the inbox: %s", str(problem).split("\n")[0][:300]
                    )
                away, listener = str(problem), None
                warehouse().close()
                self.stopping.wait(_AWAY)
            except Exception:
                log.exception("The projector stumbled")
                self.stopping.wait(_AWAY)
        warehouse().close()
        connection.close()

    def _back(self, away: str) -> str:
        if away:
            log.warning("The engines are back; the inbox drains.")
        return ""

    def stop(self, patience: float = 20.0) -> None:
        self.stopping.set()
        until = time.monotonic() + patience
        self.join(max(0.0, until - time.monotonic()))


def _listener() -> psycopg.Connection[tuple[object, ...]]:
    parameters = connection.get_connection_params()
    parameters = {
        name: value for name, value in parameters.items() if name in ("host", "port", "user", "password", "dbname")
    }
    listener = psycopg.connect(**parameters, autocommit=True)
    listener.execute(f"listen {WAITING}")
    return listener
