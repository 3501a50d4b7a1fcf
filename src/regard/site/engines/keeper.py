from __future__ import annotations

import logging
import threading

from regard.site.engines.postgres import EmbeddedPostgres, PostgresFailed

log = logging.getLogger(__name__)
_LOOK_EVERY = 1.0


class PostgresKeeper(threading.Thread):
    """Starts the embedded PostgreSQL again when it died under the running server (killed, out of memory)."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        super().__init__(name="postgres-keeper", daemon=True)
        self.postgres = postgres
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(_LOOK_EVERY):
            if self.postgres.runs():
                continue
            log.warning("The embedded PostgreSQL has died; it is started again.")
            try:
                self.postgres.start()
            except PostgresFailed as problem:
                log.error("%s", problem)

    def stop(self) -> None:
        self.stopping.set()
        self.join(70)
