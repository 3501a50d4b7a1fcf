"""Commits requests to the inbox in groups: whoever waits when a commit begins travels with it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from regard.ledger.inbox.body import packed

log = logging.getLogger(__name__)
MOST_IN_A_COMMIT = 256
MOST_WAITING = 2_000
_COPY = "copy ledger_inboxrow (workspace_id, source_id, form, received, items, size, body) from stdin (format binary)"
_TYPES = ["int8", "int8", "text", "timestamptz", "int4", "int4", "bytea"]


class InboxAway(RuntimeError):
    """PostgreSQL does not take the request now; the sender keeps it and tries again."""


@dataclass
class _Waiting:
    workspace: int
    source: int
    form: str
    body: bytes
    items: int
    received: datetime
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class InboxWriter(threading.Thread):
    """One connection, one thread. `connect` opens a connection to PostgreSQL."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        super().__init__(name="inbox-writer", daemon=True)
        self._connect = connect
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection[Any] | None = None

    async def put(self, *, workspace: int, source: int, form: str, body: bytes, items: int) -> None:
        """Returns when the row is committed. Raises InboxAway when it could not be."""
        if self._queue.qsize() > MOST_WAITING:
            raise InboxAway("Too much is waiting to be written.")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(workspace, source, form, body, items, datetime.now(UTC), loop, loop.create_future())
        self._queue.put(waiting)
        await waiting.done

    def stop(self) -> None:
        self._queue.put(None)
        self.join(20)

    def run(self) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                break
            group, stop = [first], False
            while len(group) < MOST_IN_A_COMMIT and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    stop = True
                    break
                group.append(following)
            self._commit(group)
            if stop:
                break
        if self._connection:
            self._connection.close()

    def _commit(self, group: list[_Waiting]) -> None:
        problem: Exception | None = None
        try:
            self._write(group)
        except Exception as raised:
            log.warning("The inbox does not take requests now: %s", str(raised).split("\n")[0][:300])
            problem = InboxAway(str(raised))
            if self._connection:
                self._connection.close()
            self._connection = None
        by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for waiting in group:
            by_loop.setdefault(waiting.loop, []).append(waiting.done)
        for loop, futures in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, futures, problem)

    def _write(self, group: list[_Waiting]) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        with self._connection.transaction(), self._connection.cursor() as cursor:
            with cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for w in group:
                    copy.write_row((w.workspace, w.source, w.form, w.received, w.items, len(w.body), packed(w.body)))
            cursor.execute("notify ledger_waiting")


def _settle(futures: list[asyncio.Future[None]], problem: Exception | None) -> None:
    for future in futures:
        if future.done():
            continue
        if problem:
            future.set_exception(problem)
        else:
            future.set_result(None)
