"""What breakdowns need from PostgreSQL, mirrored into ClickHouse: whose a profile is, their traits and home unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa
from django.db import connection

from regard.customers.traits.steps import steps_of
from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

PEOPLE = Table(
    name="people",
    columns="""
        workspace UInt32,
        profile UInt64,
        customer UInt64,
        name String,
        home_unit UInt32,
        traits Map(LowCardinality(String), String),
        version UInt64
    """,
    version="version",
    order_by="workspace, profile",
    shard_by="cityHash64(profile)",
)
MIGRATIONS = [
    Migration("people-0001", PEOPLE.create),
    Migration(
        "people-0002",
        lambda cluster: PEOPLE.add_column(cluster, "namespaces Array(LowCardinality(String)) after home_unit"),
    ),
]
MIGRATIONS += [
    Migration(
        "people-0003",
        lambda cluster: [
            *PEOPLE.add_column(cluster, "account UInt32 after home_unit"), *PEOPLE.add_column(cluster, "is_account Bool after account")
        ],
    ),
]  # fmt: skip
#: What was believed of each trait from when on, in time: what `trait_then` reads. Taken apart from `history` by the engine.
_THEN = "Map(LowCardinality(String), Array(Tuple(Int64, String)))"
MIGRATIONS += [
    Migration(
        "people-0004",
        lambda cluster: [
            *PEOPLE.add_column(cluster, "history String codec(ZSTD(1)) after traits"),
            *PEOPLE.add_column(cluster, f"then {_THEN} materialized JSONExtract(history, '{_THEN}') after history"),
        ],
    ),
]
_AT_ONCE = 20_000

_PROFILES = """
select p.id, coalesce(p.merged_into_id, p.id), c.name, coalesce(c.home_unit_id, 0),
       coalesce((select array_agg(key) from jsonb_each_text(c.traits) where value is not null), '{}'),
       coalesce((select array_agg(value) from jsonb_each_text(c.traits) where value is not null), '{}'),
       coalesce((select array_agg(distinct i.namespace) from customers_identifier i join customers_profile o on o.id = i.profile_id
                 where not i.aliased and (o.id = c.id or o.merged_into_id = c.id)), '{}'),
       coalesce((select a.id from customers_account a where a.profile_id = p.id),
                (select m.account_id from customers_accountmember m join customers_profile o on o.id = m.profile_id
                 where m.until is null and (o.id = c.id or o.merged_into_id = c.id) order by m.since desc, m.id desc limit 1), 0), p.is_account
from customers_profile p join customers_profile c on c.id = coalesce(p.merged_into_id, p.id)
where p.workspace_id = %s and (p.id = any(%s) or p.merged_into_id = any(%s)) order by p.id
"""


def mirror_profiles(workspace: int, ids: list[int]) -> None:
    """Bring the mirror up to date for these profiles and those merged into them."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_PROFILES, [workspace, some, some])
            found = cursor.fetchall()
        if found:
            version = int(datetime.now(UTC).timestamp() * 1_000_000)
            token = f"people-{workspace}-{version}-{start}"
            steps = steps_of(workspace, {row[1] for row in found})
            warehouse().insert(PEOPLE.name, _table(workspace, found, steps, version), token=token)


def rebuild(workspace: int) -> Iterator[int]:
    """Mirror every profile of the workspace; yields how many are done."""
    last, done = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "select id from customers_profile where workspace_id = %s and id > %s order by id limit %s",
                [workspace, last, _AT_ONCE],
            )
            ids = [id for (id,) in cursor.fetchall()]
        if not ids:
            return
        mirror_profiles(workspace, ids)
        last, done = ids[-1], done + len(ids)
        yield done


def forget_profiles(workspace: int, profiles: Sequence[int]) -> int:
    """Take these profiles out of the mirror for good. Returns how many it had."""
    where = "workspace = {workspace:UInt32} and profile in {profiles:Array(UInt64)}"
    return warehouse().change(PEOPLE, "delete", where, {"workspace": workspace, "profiles": list(profiles)})


def _table(
    workspace: int, found: list[tuple[int, int, str, int, list[str], list[str], list[str], int, bool]], steps: dict[int, str], version: int
) -> pa.Table:
    profiles, customers, names, units, keys, values, namespaces, accounts, are = zip(*found, strict=True)
    traits = [list(zip(k, v, strict=True)) for k, v in zip(keys, values, strict=True)]
    count = len(found)
    return pa.table(
        {
            "workspace": pa.array([workspace] * count, pa.uint32()),
            "profile": pa.array(profiles, pa.uint64()),
            "customer": pa.array(customers, pa.uint64()),
            "name": pa.array(names, pa.string()),
            "home_unit": pa.array(units, pa.uint32()),
            "account": pa.array(accounts, pa.uint32()),
            "is_account": pa.array(are, pa.bool_()),
            "namespaces": pa.array(namespaces, pa.list_(pa.string())),
            "traits": pa.array(traits, pa.map_(pa.string(), pa.string())),
            "history": pa.array([steps.get(customer, "{}") for customer in customers], pa.string()),
            "version": pa.array([version] * count, pa.uint64()),
        }
    )
