"""One customer's rows in order, and which customers have rows that a scope may see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regard.ledger.ddl import KINDS
from regard.ledger.feeling import feeling
from regard.ledger.touchpoints.models import Touchpoint
from regard.warehouse import WarehouseAway, warehouse
from regard.warehouse.scope import Scope
from regard.workspace.units.models import Unit


@dataclass(frozen=True)
class Entry:
    """One row of the ledger as a page shows it."""

    at: datetime
    kind: str
    id: str
    touchpoint: str  # "" while unmapped
    event: str
    channel: str
    outcome: str
    duration: float | None  # seconds
    money: float | None
    currency: str
    handovers: int | None
    unit: str
    metric: str
    score: float | None
    scale_low: int
    scale_high: int
    text: str
    language: str
    programme: str
    properties: dict[str, Any]
    inbox: int = 0
    source: int = 0

    @property
    def feeling(self) -> str:
        """good, mid, bad, or "" where nothing was scored: the colour of its dot."""
        return feeling(self.metric, self.score, self.scale_low, self.scale_high)


@dataclass(frozen=True)
class Timeline:
    entries: tuple[Entry, ...]
    next: str  # cursor of what follows; "" at the end
    hidden: int  # rows of other units


_COLUMNS = (
    "at, kind, hex(id), part, touchpoint, event, channel, outcome, duration, toFloat64(money), currency, handovers, unit, metric, score, "
    "scale_low, scale_high, text, language, programme, properties, inbox, source"
)


def timeline(
    scope: Scope,
    profiles: Sequence[int],
    *,
    limit: int = 50,
    after: str = "",
    kinds: Sequence[str] = (),
    channel: str = "",
) -> Timeline:
    """Newest first. `after` is the cursor of an earlier answer; one that is not ours begins anew."""
    conditions = ["$scope", "kind in {kinds:Array(String)}", "profile in {profiles:Array(UInt64)}"]
    values: dict[str, object] = {
        "kinds": [kind for kind in kinds if kind in KINDS] or list(KINDS), "profiles": list(profiles), "limit": limit + 1,
    }  # fmt: skip
    if channel:
        conditions.append("channel = {channel:String}")
        values["channel"] = channel
    if place := _place(after):
        conditions.append("(toUnixTimestamp64Milli(at), hex(id), part) < ({ms:Int64}, {id:String}, {part:UInt16})")
        values |= {"ms": place[0], "id": place[1], "part": place[2]}
    sql = (
        f"select {_COLUMNS} from ledger where {' and '.join(conditions)} "
        "order by at desc, hex(id) desc, part desc limit {limit:UInt32}"
    )
    rows = warehouse().select(scope, sql, values)
    following = rows[limit - 1] if len(rows) > limit else None
    cursor = f"{int(following[0].timestamp() * 1000 + 0.5)}-{following[2]}-{following[3]}" if following else ""
    return Timeline(tuple(_entries(scope, rows[:limit])), cursor, _hidden(scope, profiles) if not after else 0)


def seen(scope: Scope, profiles: Iterable[int]) -> set[int]:
    """Which of these profiles have a row in the scope."""
    ids = list(profiles)
    if not ids:
        return set()
    sql = "select distinct profile from ledger where $scope and kind in {kinds:Array(String)} and profile in {profiles:Array(UInt64)}"
    return {profile for (profile,) in warehouse().select(scope, sql, {"kinds": list(KINDS), "profiles": ids})}


def recent(scope: Scope, limit: int, offset: int) -> list[int]:
    """Profiles with the newest rows, newest first. Looks at the last months only, so that it stays quick."""
    sql = (
        "select profile from ledger where $scope and profile != 0 and at > (select max(at) from ledger where $scope) - interval {days:UInt16} day "
        "group by profile order by max(at) desc limit {limit:UInt32} offset {offset:UInt32}"
    )
    for days in (30, 400, 12_000):
        found = warehouse().select(scope, sql, {"days": days, "limit": limit, "offset": offset})
        if len(found) == limit:
            break
    return [profile for (profile,) in found]


def last_seen(scope: Scope, profiles: Iterable[int]) -> dict[int, datetime]:
    """When each of these profiles had its newest row in the scope; those without any are absent."""
    ids = list(profiles)
    if not ids:
        return {}
    sql = "select profile, max(at) from ledger where $scope and profile in {profiles:Array(UInt64)} group by profile"
    return dict(warehouse().select(scope, sql, {"profiles": ids}))


@dataclass(frozen=True)
class Score:
    metric: str
    at: datetime
    score: float
    low: int
    high: int


def scores_of(scope: Scope, profiles: Sequence[int], *, limit: int = 200) -> list[Score]:
    """What they scored, the newest `limit` of it."""
    sql = (
        "select metric, at, assumeNotNull(score), scale_low, scale_high from ledger where $scope and kind = 'answer' and isNotNull(score) "
        "and profile in {profiles:Array(UInt64)} order by at desc limit {limit:UInt32}"
    )
    return [Score(*row) for row in warehouse().select(scope, sql, {"profiles": list(profiles), "limit": limit})]


def lately(scope: Scope, profiles: Sequence[int]) -> tuple[list[Score], datetime | None]:
    """Scores, newest first, and when they were last heard of. Nothing at all while the ledger is away: the page stands without."""
    try:
        return scores_of(scope, profiles), max(last_seen(scope, profiles).values(), default=None)
    except WarehouseAway:
        return [], None


def channels_of(scope: Scope, profiles: Sequence[int]) -> list[str]:
    """The channels in which they were met, the commonest first."""
    sql = (
        "select channel from ledger where $scope and kind in {kinds:Array(String)} and profile in {profiles:Array(UInt64)} and channel != '' "
        "group by channel order by count() desc limit 12"
    )
    return [
        channel for (channel,) in warehouse().select(scope, sql, {"kinds": list(KINDS), "profiles": list(profiles)})
    ]


def count_of(scope: Scope, profiles: Sequence[int]) -> int:
    """How many rows of the scope these profiles have."""
    sql = "select count() from ledger where $scope and kind in {kinds:Array(String)} and profile in {profiles:Array(UInt64)}"
    ((count,),) = warehouse().select(scope, sql, {"kinds": list(KINDS), "profiles": list(profiles)})
    return int(count)


def _hidden(scope: Scope, profiles: Sequence[int]) -> int:
    if scope.units is None:
        return 0
    return count_of(Scope(scope.workspace), profiles) - count_of(scope, profiles)


def _entries(scope: Scope, rows: list[tuple[Any, ...]]) -> Iterable[Entry]:
    touchpoints = dict(Touchpoint.objects.filter(workspace_id=scope.workspace).values_list("id", "name"))
    units = dict(Unit.objects.filter(workspace_id=scope.workspace).values_list("id", "name"))
    for (
        at,
        kind,
        id,
        part,
        touchpoint,
        event,
        channel,
        outcome,
        duration,
        money,
        currency,
        handovers,
        unit,
        *said,
    ) in rows:
        metric, score, low, high, text, language, programme, properties, inbox, source = said
        yield Entry(
            at=at, kind=kind, id=f"{id}-{part}", touchpoint=touchpoints.get(touchpoint, ""), event=event, channel=channel, outcome=outcome,
            duration=duration, money=money, currency=currency, handovers=handovers, unit=units.get(unit, ""), metric=metric, score=score,
            scale_low=low, scale_high=high, text=text, language=language, programme=programme,
            properties=json.loads(properties) if properties else {}, inbox=inbox, source=source,
        )  # fmt: skip


def _place(cursor: str) -> tuple[int, str, int] | None:
    parts = cursor.split("-")
    if (
        len(parts) != 3
        or not parts[0].isdigit()
        or not parts[2].isdigit()
        or len(parts[1]) != 32
        or not parts[1].isalnum()
    ):
        return None
    moment, part = int(parts[0]), int(parts[2])
    return (moment, parts[1].upper(), part) if moment < 2**62 and part < 65_536 else None
