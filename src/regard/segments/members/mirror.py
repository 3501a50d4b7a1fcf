"""Who belongs to a segment and since when: rows of ClickHouse, one for each coming and going."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pyarrow as pa
from django.db import transaction

from regard.jobs.models import publish
from regard.segments.compile import MEMBERS, compile
from regard.segments.computed.queries import in_force
from regard.segments.models import Segment
from regard.segments.queries import below, changes_since, members_among
from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.scope import Scope
from regard.warehouse.tables import Table

ENTERED, LEFT = "segment.entered", "segment.left"
SEGMENT_MEMBERS = Table(
    name="segment_members",
    columns="""
        workspace UInt32,
        segment UInt32,
        customer UInt64,
        at DateTime64(3, 'UTC'),
        entered Bool,
        version UInt64 default toUnixTimestamp64Milli(at)
    """,
    version="version",
    order_by="workspace, segment, customer, at",
    shard_by="cityHash64(customer)",
)
MIGRATIONS = [Migration("segment-members-0001", SEGMENT_MEMBERS.create)]


def refresh(segment: Segment, *, now: datetime) -> int:
    """Work out who belongs to it, write down who came and went, and tell the rest of the product. Returns how many belong."""
    scope = Scope(segment.workspace_id)
    group = segment.group
    if group is None:
        _follow(segment, now)
    else:
        statement = compile(
            group, now=now, branches=below(segment.workspace_id), computed=in_force(segment.workspace_id)
        )
        belong, own = MEMBERS.format(segment="{segment:UInt32}"), "workspace = {workspace:UInt32}"
        values = {**statement.values, "segment": segment.pk, "workspace": segment.workspace_id, "now": _stamp(now)}
        fit = statement.sql.replace("$workspace", f"({own})").replace("$scope", f"({own})")
        belong = belong.replace("$workspace", f"({own})")
        columns = "{workspace:UInt32}, {segment:UInt32}, customer, {now:DateTime64(3, 'UTC')}"
        warehouse().execute(
            "insert into segment_members (workspace, segment, customer, at, entered) "
            f"select {columns}, true from ({fit}) where customer not in ({belong}) "
            f"union all select {columns}, false from ({belong}) where customer not in ({fit})",
            values,
        )
    return _tell(segment, scope, now)


_MOVED = """
insert into segment_members (workspace, segment, customer, at, entered)
with belong as ({members}), moved as (
    select person.profile as before, person.customer as after from people as person final
    where workspace = {{workspace:UInt32}} and profile != customer and profile in (select customer from belong)
)
select {{workspace:UInt32}}, {{segment:UInt32}}, before, {{now:DateTime64(3, 'UTC')}}, false from moved
union all
select distinct {{workspace:UInt32}}, {{segment:UInt32}}, after, {{now:DateTime64(3, 'UTC')}}, true from moved
where after not in (select customer from belong)
"""


def _follow(segment: Segment, now: datetime) -> None:
    """Who was joined with another customer after being put on a list stands on it as that customer, once."""
    members = MEMBERS.format(segment="{segment:UInt32}").replace("$workspace", "(workspace = {workspace:UInt32})")
    values = {"workspace": segment.workspace_id, "segment": segment.pk, "now": _stamp(now)}
    warehouse().execute(_MOVED.format(members=members), values)


def put_in(segment: Segment, customers: Iterable[int], *, now: datetime, out: bool = False) -> None:
    """Add customers to a list, or take them off it; those who are on it (or off it) already stay as they are."""
    wanted = set(customers)
    there = members_among(Scope(segment.workspace_id), segment.pk, wanted)
    listed = sorted(wanted & there if out else wanted - there)
    if not listed:
        return
    count = len(listed)
    rows = pa.table(
        {
            "workspace": pa.array([segment.workspace_id] * count, pa.uint32()),
            "segment": pa.array([segment.pk] * count, pa.uint32()),
            "customer": pa.array(listed, pa.uint64()),
            "at": pa.array([now] * count, pa.timestamp("ms", "UTC")),
            "entered": pa.array([not out] * count, pa.bool_()),
        }
    )
    warehouse().insert(SEGMENT_MEMBERS.name, rows, token=f"segment-{segment.pk}-{now.timestamp()}-{out}-{listed[0]}")
    _tell(segment, Scope(segment.workspace_id), now)


def forget_members(workspace: int, customers: Sequence[int]) -> int:
    """Take every coming and going of these customers away for good. Returns how many there were."""
    where = "workspace = {workspace:UInt32} and customer in {customers:Array(UInt64)}"
    return warehouse().change(SEGMENT_MEMBERS, "delete", where, {"workspace": workspace, "customers": list(customers)})


def _tell(segment: Segment, scope: Scope, now: datetime) -> int:
    """Events for those who came and went since the last telling: at least once, also after a kill between the engines."""
    changes = changes_since(scope, segment.pk, segment.told)
    ((size,),) = warehouse().select(
        scope, f"select count() from ({MEMBERS.format(segment='{segment:UInt32}')})", {"segment": segment.pk}
    )
    with transaction.atomic():
        for kind, entered in ((ENTERED, True), (LEFT, False)):
            publish(
                f"{kind}.{segment.pk}",
                segment.workspace_id,
                [customer for customer, came, _ in changes if came is entered],
            )
        segment.size, segment.refreshed = int(size), now
        segment.told = max((at for _, _, at in changes), default=segment.told)
        Segment.objects.filter(pk=segment.pk).update(size=segment.size, refreshed=now, told=segment.told)
    return segment.size


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
