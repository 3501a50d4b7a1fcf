"""Reasons not to contact somebody for now, mirrored into ClickHouse as they are, so that segments can ask which hold at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
from django.db import connection

from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

#: `profile` 0: everybody at home in `unit` or below; both 0: everybody. Empty channels or purposes mean all.
RESTRAINTS = Table(
    name="restraints",
    columns="""
        workspace UInt32,
        id UInt64,
        profile UInt64,
        unit UInt32,
        reason LowCardinality(String),
        channels Array(LowCardinality(String)),
        purposes Array(LowCardinality(String)),
        begins DateTime64(6, 'UTC'),
        until Nullable(DateTime64(6, 'UTC')),
        lifted Bool,
        version UInt64
    """,
    version="version",
    order_by="workspace, id",
    shard_by="cityHash64(profile)",
)
MIGRATIONS = [Migration("restraints-0001", RESTRAINTS.create)]
_AT_ONCE = 20_000

_ROWS = """
select r.id, coalesce(r.profile_id, 0), coalesce(r.unit_id, 0), r.reason, r.channels, r.purposes, r.begins, r.until, l.id is not null
from customers_restraint r left join customers_lifting l on l.restraint_id = r.id
where r.workspace_id = %s and r.id = any(%s) order by r.id
"""


def mirror_restraints(workspace: int, ids: list[int]) -> None:
    """These restraints as they stand."""
    for start in range(0, len(ids), _AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, [workspace, ids[start : start + _AT_ONCE]])
            found = cursor.fetchall()
        if found:
            version = int(datetime.now(UTC).timestamp() * 1_000_000)
            rows = _table(workspace, found, version)
            warehouse().insert(RESTRAINTS.name, rows, token=f"restraints-{workspace}-{version}-{start}")


def forget_restraints(workspace: int, profiles: Sequence[int]) -> int:
    """Take the restraints on these profiles away for good. Returns how many there were."""
    where = "workspace = {workspace:UInt32} and profile in {profiles:Array(UInt64)}"
    return warehouse().change(RESTRAINTS, "delete", where, {"workspace": workspace, "profiles": list(profiles)})


_Row = tuple[int, int, int, str, list[str], list[str], datetime, datetime | None, bool]


def _table(workspace: int, found: list[_Row], version: int) -> pa.Table:
    ids, profiles, units, reasons, channels, purposes, begins, until, lifted = zip(*found, strict=True)
    return pa.table(
        {
            "workspace": pa.array([workspace] * len(found), pa.uint32()),
            "id": pa.array(ids, pa.uint64()),
            "profile": pa.array(profiles, pa.uint64()),
            "unit": pa.array(units, pa.uint32()),
            "reason": pa.array(reasons, pa.string()),
            "channels": pa.array(channels, pa.list_(pa.string())),
            "purposes": pa.array(purposes, pa.list_(pa.string())),
            "begins": pa.array(begins, pa.timestamp("us", "UTC")),
            "until": pa.array(until, pa.timestamp("us", "UTC")),
            "lifted": pa.array(lifted, pa.bool_()),
            "version": pa.array([version] * len(found), pa.uint64()),
        }
    )
