"""`regard serve`: both engines, web pages, API, collector, projector, consumers and jobs in one process."""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg

from regard.site.engines.start import NotPossible

log = logging.getLogger(__name__)

_COLLECTS = ("/v1/", "/batch")
_WEB_THREADS = 12


def serve(*, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C. The engines must be up (`engines.start.engines`) and migrated."""
    import uvicorn
    from django.conf import settings

    # uvicorn raises the signal again after its own shutdown and would skip ours: the engines must stop cleanly.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listening = _bind(host, port)
    collect_static()
    token = secrets.token_urlsafe(24)
    os.environ["REGARD_LOCAL_TOKEN"] = token
    app = Shell(on_ready=lambda: _announce(host, port, token, on_ready))
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=10,
        # X-Forwarded-* is read where it is needed, by the number of trusted proxies; uvicorn would believe its first entry.
        proxy_headers=False, server_header=False, timeout_keep_alive=30, backlog=2048,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        settings.PLACES.server.unlink(missing_ok=True)


def _bind(host: str, port: int) -> socket.socket:
    """Taken before anything is announced: a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        listening.close()
        raise NotPossible(
            f"Regard cannot listen on {host}:{port} ({problem.strerror}). Set REGARD_PORT to a free port."
        ) from None
    return listening


class Shell:
    """One ASGI application: the collector answers its own paths, Django (as WSGI, in threads) everything else."""

    def __init__(self, *, on_ready: Callable[[], None] | None = None, web: bool = True, work: bool = True) -> None:
        from regard.ledger.collector.app import Collector
        from regard.ledger.collector.writer import InboxWriter

        self.writer = InboxWriter(inbox_connection)
        self.collector = Collector(self.writer)
        self.django = _django() if web else None
        self._work, self._on_ready = work, on_ready

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            if self.django is None and scope["path"] == "/health":
                await self._health(send)
            elif self.django is None or scope["path"].startswith(_COLLECTS):
                await self.collector(scope, receive, send)
            else:
                await self.django(scope, receive, send)

    async def _health(self, send: Any) -> None:
        """Of a collector alone: it needs PostgreSQL, and nothing else."""
        import asyncio

        from regard.site.health import postgres

        state, waiting = await asyncio.to_thread(postgres)
        body = json.dumps(
            {"status": "ok" if state == "ok" else "degraded", "postgresql": state, "waiting": waiting}
        ).encode()
        status = 200 if state == "ok" else 503
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        async with self._running():
            await send({"type": "lifespan.startup.complete"})
            if self._on_ready:
                self._on_ready()
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        self.writer.start()
        async with working(jobs=True) if self._work else _nothing():
            try:
                yield
            finally:
                self.writer.stop()


@asynccontextmanager
async def working(*, jobs: bool) -> AsyncIterator[None]:
    """Projector, consumers and job worker, for as long as the block runs."""
    import asyncio

    from regard.connectors.taps.work import STOPPING
    from regard.ledger.record.run import Projector
    from regard.site.consumers import Consumers
    from regard.site.engines.keeper import PostgresKeeper
    from regard.site.engines.start import embedded_postgres

    STOPPING.clear()
    server = embedded_postgres()
    threads: list[PostgresKeeper | Projector | Consumers] = [
        *([PostgresKeeper(server)] if server else []),
        Projector(),
        Consumers(),
    ]
    for thread in threads:
        thread.start()
    worker = asyncio.create_task(_work_jobs()) if jobs else None
    try:
        yield
    finally:
        STOPPING.set()  # a tap that runs is ended, and goes on from its last STATE after the next start
        if worker:
            worker.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await asyncio.wait_for(worker, 10)
        for thread in threads:
            await asyncio.to_thread(thread.stop)


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def _work_jobs() -> None:
    import asyncio

    from procrastinate.contrib.django import app

    while True:
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker:
                async with worker.open_async():
                    await worker.run_worker_async(install_signal_handlers=False, concurrency=6, wait=True)
            return
        except asyncio.CancelledError:
            raise
        except Exception as problem:
            log.warning("The job worker lost PostgreSQL and tries again: %s", str(problem).split("\n")[0][:200])
            await asyncio.sleep(3)


def inbox_connection() -> psycopg.Connection[Any]:
    from django.db import connection

    parameters = connection.get_connection_params()
    chosen = {
        name: value for name, value in parameters.items() if name in ("host", "port", "user", "password", "dbname")
    }
    return psycopg.connect(**chosen, autocommit=True, connect_timeout=5)


def collect_static() -> None:
    """Gather, hash and compress the static files, when they changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    from regard.web.build_assets import build

    build()
    root = settings.STATIC_ROOT
    mark = root / "gathered"
    state = _fingerprint()
    if mark.exists() and mark.read_text() == state:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=root.exists())
    mark.write_text(state)


def _fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    files = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            files.append((path, storage.size(path), storage.get_modified_time(path).timestamp()))
    import hashlib

    return hashlib.sha256(json.dumps(sorted(files)).encode()).hexdigest()


def _django() -> Any:
    from a2wsgi import WSGIMiddleware

    from regard.site.wsgi import application

    return WSGIMiddleware(application, workers=_WEB_THREADS)


def _announce(host: str, port: int, token: str, on_ready: Callable[[str], None]) -> None:
    from django.conf import settings

    from regard.web.charts.paint import warm

    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    address = f"http://{shown}:{port}"
    with os.fdopen(os.open(settings.PLACES.server, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"pid": os.getpid(), "url": address, "token": token}, file)
    threading.Thread(target=warm, name="warm", daemon=True).start()
    # After uvicorn has bound its socket, which follows the lifespan's start.
    threading.Timer(0.05, on_ready, [address]).start()
