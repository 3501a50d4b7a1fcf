"""Writing computed traits into ClickHouse, and taking them out again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from regard.segments.computed.compile import compile
from regard.segments.computed.definition import Definition
from regard.segments.computed.ground import Ground
from regard.segments.computed.queries import versions
from regard.segments.computed.table import COMPUTED
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

#: Shared by whoever fills a workspace's part of the table; alone in it is whoever takes rows out.
_LOCK = 7213
#: Customers by the million are summed up on disk rather than not at all; a cluster says that rows are there when they are.
_SETTINGS = "max_bytes_before_external_group_by = 1500000000, distributed_foreground_insert = 1"


@dataclass(frozen=True)
class Filled:
    version: int
    numbers: dict[int, int]  # trait → how many customers have one


def fill(workspace: int, traits: Sequence[tuple[int, Definition]], ground: Ground) -> Filled:
    """Write the values of these traits under a version of their own, which nobody reads yet.

    The caller makes it the one in force in the same transaction of PostgreSQL: until its end nobody throws it away.
    """
    _lock("pg_advisory_xact_lock_shared", workspace)
    statement = compile(traits, ground)
    version = time.time_ns() // 1_000
    sql = statement.sql.replace("$workspace", "(workspace = {workspace:UInt32})")
    warehouse().execute(
        "insert into computed (workspace, version, trait, customer, value) "
        f"select {{workspace:UInt32}}, {{version:UInt64}}, trait, customer, value from ({sql}) settings {_SETTINGS}",
        {**statement.values, "workspace": workspace, "version": version},
    )
    counted = warehouse().select(
        Scope(workspace),
        "select trait, count() from computed where $workspace and version = {version:UInt64} group by trait",
        {"version": version},
    )
    return Filled(version, {int(trait): int(number) for trait, number in counted})


def forget_computed(workspace: int, customers: Sequence[int]) -> int:
    """Take these customers out for good, those that are being worked out too. Returns how many rows there were."""
    where = "workspace = {workspace:UInt32} and customer in {customers:Array(UInt64)}"
    with transaction.atomic():
        _lock("pg_advisory_xact_lock", workspace)
        return warehouse().change(COMPUTED, "delete", where, {"workspace": workspace, "customers": list(customers)})


def throw_away_all_but(workspace: int, kept: Iterable[int]) -> int:
    """Versions that were replaced or never finished. Returns how many; none while somebody fills the workspace's part."""
    with transaction.atomic():
        if not _lock("pg_try_advisory_xact_lock", workspace):
            return 0
        gone = versions(workspace) - set(kept)
        for version in sorted(gone):
            warehouse().execute(
                f"alter table {COMPUTED.local(settings.LEDGER_CLUSTER)} drop partition ({workspace:d}, {version:d})"
            )
    return len(gone)


def _lock(function: str, workspace: int) -> object:
    """Until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s, %s)", [_LOCK, workspace])
        (answer,) = cursor.fetchone()
    return answer
