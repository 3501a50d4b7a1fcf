"""Who is on the suppression list, mirrored into ClickHouse: for each customer the kinds of address at which they are never reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pyarrow as pa

from regard.customers.contact.suppression.barred import UNKNOWN, barred
from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.scope import Scope
from regard.warehouse.tables import Table

#: One row a customer who is, or was, on the list. A profile that was joined to another is no customer, whatever its row says.
SUPPRESSED = Table(
    name="suppressed",
    columns="""
        workspace UInt32,
        customer UInt64,
        kinds Array(LowCardinality(String)),
        version UInt64
    """,
    version="version",
    order_by="workspace, customer",
    shard_by="cityHash64(customer)",
)
MIGRATIONS = [Migration("suppressed-0001", SUPPRESSED.create)]
_AT_ONCE = 20_000


def mirror_suppressed(workspace: int, profiles: list[int]) -> None:
    """Look again at the customers of these profiles. Where nobody knows whom it is about, at all who stood on the list."""
    if UNKNOWN in profiles:
        profiles = [*(one for one in profiles if one != UNKNOWN), *_standing(workspace)]
    for start in range(0, len(profiles), _AT_ONCE):
        some = profiles[start : start + _AT_ONCE]
        kinds = barred(workspace, some)
        now = dict.fromkeys(_standing(workspace, some), ()) | kinds
        if now:
            version = int(datetime.now(UTC).timestamp() * 1_000_000)
            rows = pa.table(
                {
                    "workspace": pa.array([workspace] * len(now), pa.uint32()),
                    "customer": pa.array(now, pa.uint64()),
                    "kinds": pa.array(now.values(), pa.list_(pa.string())),
                    "version": pa.array([version] * len(now), pa.uint64()),
                }
            )
            warehouse().insert(SUPPRESSED.name, rows, token=f"suppressed-{workspace}-{version}-{start}")


def forget_suppressed(workspace: int, profiles: Sequence[int]) -> int:
    where = "workspace = {workspace:UInt32} and customer in {profiles:Array(UInt64)}"
    return warehouse().change(SUPPRESSED, "delete", where, {"workspace": workspace, "profiles": list(profiles)})


def _standing(workspace: int, among: Iterable[int] | None = None) -> list[int]:
    """Who stands on the list by the mirror."""
    some = "" if among is None else " and customer in {among:Array(UInt64)}"
    rows = warehouse().select(
        Scope(workspace),
        f"select customer from suppressed final where $workspace and notEmpty(kinds){some}",
        {} if among is None else {"among": list(among)},
    )
    return [int(customer) for (customer,) in rows]
