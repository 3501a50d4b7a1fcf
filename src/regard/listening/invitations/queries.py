"""Who could be asked: read from the ledger, and from the segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from regard.listening.invitations.models import AUDIENCE, Invitation
from regard.listening.programmes.models import Programme
from regard.metrics.dimensions import Names
from regard.metrics.query import read_filters
from regard.metrics.sql import Parts, condition, stamp
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

_AT_ONCE = 50_000
_SINCE = "{since:DateTime64(3, 'UTC')}"


@dataclass(frozen=True)
class Lived:
    """What the interactions are that a programme asks about, as a condition on `ledger`."""

    source: str
    where: str
    values: dict[str, object]


def lived(programme: Programme) -> Lived:
    """Raises BadQuery where a condition names what is not there any more."""
    parts, names = Parts(), Names.of(programme.workspace_id)
    zone = ZoneInfo(programme.workspace.time_zone)
    conditions = ["$workspace", "kind = 'interaction'", "part = 0", "profile != 0"]
    if programme.touchpoints:
        conditions.append("touchpoint in {points:Array(UInt32)}")
    conditions += [condition(one, names, zone, parts) for one in read_filters(programme.conditions)]
    return Lived(f"ledger{parts.join()}", " and ".join(conditions), {**parts.values, "points": programme.touchpoints})


def interactions(
    programme: Programme, *, since: datetime, inboxes: Sequence[int] | None = None, one_in: int = 1
) -> Iterator[pa.Table]:
    """Those that a programme asks about: columns id (hex), profile, moment (ms), touchpoint, unit; in the order of their ids, some at a time.
    Of a sample of the people, with `one_in`.
    """
    found = lived(programme)
    where = f"{found.where} and at >= {_SINCE} and ledger.id > unhex({{after:String}})"
    if inboxes is not None:
        where += " and inbox in {inboxes:Array(UInt64)}"
    if one_in > 1:
        where += " and cityHash64(ledger.profile) % {one_in:UInt32} = 0"
    sql = (
        f"select lower(hex(ledger.id)) as id, ledger.profile as profile, toUnixTimestamp64Milli(at) as moment, touchpoint, unit from {found.source} "
        f"where {where} order by ledger.id limit {_AT_ONCE}"
    )
    after = ""
    while True:
        values = {
            **found.values,
            "since": stamp(since),
            "after": after,
            "inboxes": list(inboxes or ()),
            "one_in": one_in,
        }
        rows = warehouse().select_arrow(Scope(programme.workspace_id), sql, values)
        if rows.num_rows:
            yield rows
        if rows.num_rows < _AT_ONCE:
            return
        after = rows.column("id")[-1].as_py()


@dataclass(frozen=True)
class Reach:
    interactions: int
    customers: int


def reach(programme: Programme, *, since: datetime) -> Reach:
    """How much has happened since then that the programme would ask about."""
    found = lived(programme)
    ((count, customers),) = warehouse().select(
        Scope(programme.workspace_id),
        f"select count(), uniq(ledger.profile) from {found.source} where {found.where} and at >= {_SINCE}",
        {**found.values, "since": stamp(since)},
    )
    return Reach(int(count), int(customers))


def invitations_of(scope: Scope, profiles: Sequence[int], *, most: int = 10) -> list[Invitation]:
    """The newest of one customer, by any of their profiles, of the reader's units; nothing of anonymous programmes beyond that they were asked."""
    found = Invitation.objects.filter(profile__in=profiles, programme__workspace=scope.workspace).exclude(
        because=AUDIENCE
    )
    if scope.units is not None:
        found = found.filter(unit__in=scope.units)
    return list(found.select_related("programme", "touchpoint").order_by("-created")[:most])
