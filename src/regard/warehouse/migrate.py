from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from regard.warehouse.client import Warehouse
from regard.warehouse.tables import quoted


@dataclass(frozen=True)
class Migration:
    """A step that is taken once. `statements` gets the cluster's name ("" for one server)."""

    name: str
    statements: Callable[[str], list[str]]


def migrate(warehouse: Warehouse, migrations: Sequence[Migration], *, cluster: str = "") -> list[str]:
    """Take the steps not yet taken, in order; every statement is safe to repeat, so a step cut short is taken again.

    Returns the names of the steps taken.
    """
    for statement in _book(cluster):
        warehouse.execute(statement)
    taken = {name for (name,) in warehouse.unscoped("select distinct name from migrations")}
    new = [migration for migration in migrations if migration.name not in taken]
    for migration in new:
        for statement in migration.statements(cluster):
            warehouse.execute(statement)
        warehouse.execute("insert into migrations (name) values ({name:String})", {"name": migration.name})
    return [migration.name for migration in new]


def _book(cluster: str) -> list[str]:
    columns = "(name String, taken DateTime default now())"
    if not cluster:
        return [f"create table if not exists migrations {columns} engine = MergeTree order by name"]
    return [
        f"create table if not exists migrations on cluster {quoted(cluster)} {columns} "
        "engine = ReplicatedMergeTree('/clickhouse/tables/{database}/migrations', '{replica}') order by name"
    ]
