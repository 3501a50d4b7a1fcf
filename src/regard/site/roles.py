"""The scaled roles: many processes over a PostgreSQL and a ClickHouse server."""

from __future__ import annotations

import asyncio
import os
import signal

from regard.site.engines.start import NotPossible, embedded_ledger, migrate, raise_file_limit, set_up_django


def web(*, host: str, port: int, workers: int) -> None:
    _need_servers("web")
    set_up_django()
    migrate()
    from regard.site.server import collect_static

    collect_static()
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    connections.close_all()
    os.environ["DJANGO_SETTINGS_MODULE"] = "regard.site.settings"
    Granian(
        "regard.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=16,
    ).serve()


def collect(*, host: str, port: int) -> None:
    if not os.environ.get("DATABASE_URL"):
        raise NotPossible("`regard collect` needs DATABASE_URL: a PostgreSQL server that all processes share.")
    raise_file_limit()
    set_up_django()
    import uvicorn

    from regard.site.server import Shell

    uvicorn.run(
        Shell(web=False, work=False),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
    )


def work() -> None:
    _need_servers("work")
    raise_file_limit()
    set_up_django()
    migrate()
    asyncio.run(_work())


async def _work() -> None:
    from regard.site.server import working

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with working(jobs=True):
        await stop.wait()


def _need_servers(role: str) -> None:
    if not os.environ.get("DATABASE_URL") or embedded_ledger():
        raise NotPossible(
            f"`regard {role}` is one of several processes, and the embedded engines belong to one. Set DATABASE_URL to a PostgreSQL server and "
            "LEDGER_URL to a ClickHouse server, or run `regard serve`."
        )
