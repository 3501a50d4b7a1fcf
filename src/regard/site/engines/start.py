"""Having both engines up, migrated and owned, for as long as a block runs."""

from __future__ import annotations

import gc
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from regard.site.engines.lock import FolderInUse, FolderLock
from regard.site.engines.places import places
from regard.site.engines.postgres import EmbeddedPostgres

log = logging.getLogger(__name__)


class NotPossible(RuntimeError):
    """What was asked cannot be done this way; the message says what to do."""


def embedded_postgres() -> EmbeddedPostgres | None:
    return None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(places().postgres)


def embedded_ledger() -> bool:
    return (os.environ.get("LEDGER_URL") or "chdb:").startswith("chdb:")


@contextmanager
def engines(purpose: str, *, up_to_date: bool = True) -> Iterator[None]:
    """Own the data folder (where an engine is embedded), start PostgreSQL, set Django up, bring the tables up to date.

    Leaves everything stopped.

    Raises FolderInUse, PostgresFailed, WarehouseBusy: each with a sentence that says what to do.
    """
    raise_file_limit()
    with ExitStack() as stack:
        server = embedded_postgres()
        if server or embedded_ledger():
            stack.enter_context(FolderLock(places(), purpose))
        if server:
            server.start()
            stack.callback(server.stop)
        set_up_django()
        stack.callback(_close)
        if up_to_date:
            migrate()
        yield


@contextmanager
def state(purpose: str) -> Iterator[None]:
    """Only PostgreSQL, whoever owns the folder: enough for keys, members and what waits in the inbox."""
    server = embedded_postgres()
    if server and server.answers():
        set_up_django()
        yield
        return
    if not server:
        set_up_django()
        yield
        return
    with engines(purpose):
        yield


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regard.site.settings")
    import django

    django.setup()
    from regard.site.wiring import enter_decoders, enter_keepers, enter_senders, fill_slots

    enter_decoders()
    enter_senders()
    fill_slots()
    enter_keepers()
    spare_the_collector()


def spare_the_collector() -> None:
    """What is loaded by now stays: Python's collector of cycles, which takes a quarter of the time of work on very many rows, need not walk it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def migrate() -> list[str]:
    """Bring both engines' tables up to date. Returns the steps taken in the ledger."""
    from django.conf import settings
    from django.core.management import call_command

    from regard.site.wiring import ledger_migrations
    from regard.warehouse import warehouse
    from regard.warehouse.migrate import migrate as migrate_ledger

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    return migrate_ledger(warehouse(), ledger_migrations(), cluster=settings.LEDGER_CLUSTER)


def raise_file_limit() -> None:
    """ClickHouse keeps a file open for each column of each part it reads."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _close() -> None:
    from django.db import connections

    from regard.warehouse import warehouse

    warehouse().close()
    for connection in connections.all():
        with suppress(Exception):
            connection.close()  # else it is used again, dead, once the engines are up anew
            connection.close_pool()  # type: ignore[attr-defined]


__all__ = [
    "FolderInUse",
    "NotPossible",
    "embedded_ledger",
    "embedded_postgres",
    "engines",
    "migrate",
    "set_up_django",
    "state",
]
