"""What customers agreed to, mirrored into ClickHouse word for word, so that segments can ask for it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.db import connection

from regard.customers.people.queries import merged_profiles
from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

CONSENTS = Table(
    name="consents",
    columns="""
        workspace UInt32,
        profile UInt64,
        purpose LowCardinality(String),
        channel LowCardinality(String),
        at DateTime64(6, 'UTC'),
        id UInt64,
        decision LowCardinality(String)
    """,
    version="id",
    order_by="workspace, purpose, profile, channel, at, id",
    shard_by="cityHash64(profile)",
)
MIGRATIONS = [Migration("consents-0001", CONSENTS.create)]
_AT_ONCE = 20_000

_WORDS = """
select c.id, c.profile_id, u.key, c.channel, c.decision, c.at
from customers_consent c join customers_purpose u on u.id = c.purpose_id
where c.workspace_id = %s and c.profile_id = any(%s) order by c.id
"""


def mirror_consents(workspace: int, customers: list[int]) -> None:
    """Every word of these customers. Rows are only added, and the same again changes nothing."""
    for start in range(0, len(customers), _AT_ONCE):
        some = customers[start : start + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_WORDS, [workspace, [*some, *merged_profiles(some)]])
            found = cursor.fetchall()
        if found:
            ids, profiles, purposes, channels, decisions, moments = zip(*found, strict=True)
            rows = pa.table(
                {
                    "workspace": pa.array([workspace] * len(found), pa.uint32()),
                    "profile": pa.array(profiles, pa.uint64()),
                    "purpose": pa.array(purposes, pa.string()),
                    "channel": pa.array(channels, pa.string()),
                    "at": pa.array(moments, pa.timestamp("us", "UTC")),
                    "id": pa.array(ids, pa.uint64()),
                    "decision": pa.array(decisions, pa.string()),
                }
            )
            warehouse().insert(CONSENTS.name, rows, token=f"consents-{workspace}-{some[0]}-{ids[-1]}-{len(ids)}")


def forget_consents(workspace: int, profiles: Sequence[int]) -> int:
    """Take every word of these profiles away for good. Returns how many there were."""
    where = "workspace = {workspace:UInt32} and profile in {profiles:Array(UInt64)}"
    return warehouse().change(CONSENTS, "delete", where, {"workspace": workspace, "profiles": list(profiles)})
