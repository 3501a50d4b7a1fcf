"""What is wrong, and how to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from regard.site.engines.lock import FolderInUse, FolderLock
from regard.site.engines.places import places
from regard.site.engines.start import embedded_ledger, embedded_postgres
from regard.site.remote import running_server


@dataclass(frozen=True)
class Finding:
    good: bool
    what: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    where = places()
    yield Finding(True, f"Data folder: {where.root}")
    if where.root.exists():
        yield _closed(where.root)
        yield _room(where.root)
    server = running_server()
    if server:
        state = server.health()
        good = state.get("status") == "ok"
        yield Finding(
            good,
            f"A server runs at {server.url}: {_told(state)}",
            "" if good else "See the server's output for the engine that is away.",
        )
        waiting = state.get("waiting") or 0
        if waiting > 1000:
            yield Finding(
                False,
                f"{waiting} requests wait to be projected",
                "The ledger lags: is ClickHouse slow, or the machine busy?",
            )
        return
    yield from _owner()
    yield from _engines()


def _told(state: dict[str, object]) -> str:
    """Health in words: `postgresql ok, clickhouse away`."""
    named = [f"{name} {state[name]}" for name in ("postgresql", "clickhouse") if name in state]
    return ", ".join(named) or str(state.get("status"))


def _closed(folder: Path) -> Finding:
    mode = folder.stat().st_mode & 0o077
    if mode:
        return Finding(False, f"{folder} can be read by other users of this machine", f"chmod 700 {folder}")
    return Finding(True, "Nobody else can read it")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free / 1e9
    return Finding(
        free > 2,
        f"{free:.0f} GB free on its disk",
        "" if free > 2 else "Make room: engines stop writing on a full disk.",
    )


def _owner() -> Iterator[Finding]:
    try:
        with FolderLock(places(), "doctor"):
            yield Finding(True, "No other process uses the folder")
    except FolderInUse as problem:
        yield Finding(False, str(problem), "If that process hangs, stop it: kill PID.")


def _engines() -> Iterator[Finding]:
    postgres = embedded_postgres()
    if postgres is None:
        yield from _database()
    elif postgres.answers():
        yield Finding(True, "PostgreSQL (embedded) answers")
    else:
        yield Finding(True, "PostgreSQL (embedded) is stopped; `regard serve` starts it")
    if embedded_ledger():
        yield Finding(True, "ClickHouse is embedded; `regard serve` opens it")
        if postgres is None:
            yield Finding(
                True,
                "PostgreSQL is a server while ClickHouse is embedded: run one `regard serve`, not web, collect and work",
            )
        return
    from regard.warehouse.client import Warehouse, WarehouseAway

    try:
        ((version,),) = Warehouse(os.environ["LEDGER_URL"]).unscoped("select version()")
        yield Finding(True, f"ClickHouse {version} answers")
    except WarehouseAway as problem:
        yield Finding(
            False,
            f"ClickHouse does not answer: {str(problem)[:200]}",
            "Check LEDGER_URL (clickhouse://user:password@host:8123/database).",
        )


def _database() -> Iterator[Finding]:
    import psycopg

    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
            good = version >= 15
            yield Finding(good, f"PostgreSQL {version} answers", "" if good else "Regard needs PostgreSQL 15 or newer.")
    except psycopg.Error as problem:
        yield Finding(
            False,
            f"PostgreSQL does not answer: {str(problem)[:200]}",
            "Check DATABASE_URL (postgresql://user:password@host/database).",
        )
