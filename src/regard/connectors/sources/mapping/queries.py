"""The events that come in, what a rule makes of recent ones, and the rules as the page lists them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from regard.ledger.mapping.models import Mapping
from regard.ledger.mapping.rules import Rule, rules
from regard.ledger.record.columns import ROWS
from regard.ledger.record.map import map_events
from regard.ledger.touchpoints.models import Touchpoint
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.web import numbers

RECENT = 100


@dataclass(frozen=True)
class Listed:
    """A rule in its place."""

    place: int
    rule: Rule
    touchpoint: str
    conditions: str
    first: bool
    last: bool


@dataclass(frozen=True)
class Loose:
    """Events of one name that no rule places."""

    event: str
    count: int
    last: datetime


@dataclass(frozen=True)
class MappingPage:
    rules: list[Listed]
    loose: list[Loose]

    @property
    def loose_count(self) -> int:
        return sum(one.count for one in self.loose)


@dataclass(frozen=True)
class Tried:
    """What the rule makes of one recent event."""

    at: datetime
    properties: str
    fits: bool
    reads: str


@dataclass(frozen=True)
class Trial:
    tried: list[Tried]
    fitting: int

    @property
    def seen(self) -> int:
        return len(self.tried)


def mapping_page(scope: Scope) -> MappingPage:
    names = dict(Touchpoint.objects.filter(workspace_id=scope.workspace).values_list("id", "name"))
    current = rules(Mapping.current(scope.workspace))
    listed = [
        Listed(
            place,
            rule,
            names.get(rule.touchpoint, "?"),
            _conditions(rule),
            place == 0,
            place == len(current) - 1,
        )
        for place, rule in enumerate(current)
    ]
    sql = (
        "select event, count() as n, max(at) from ledger where $scope and kind = 'interaction' and "
        "touchpoint = 0 and event != '' "
        "group by event order by n desc, event limit 200"
    )
    return MappingPage(listed, [Loose(*row) for row in warehouse().select(scope, sql)])


def known_properties(scope: Scope, event: str) -> list[str]:
    """Names of the properties that recent events of this name carry."""
    sql = (
        "select arrayJoin(mapKeys(props)) as name, count() as n from (select props from ledger where "
        "$scope and event like {event:String} "
        "order by at desc limit 500) group by name order by n desc, name limit 60"
    )
    return [name for name, _n in warehouse().select(scope, sql, {"event": _like(event)})]


def known_events(scope: Scope) -> list[str]:
    sql = "select event, count() as n from ledger where $scope and event != '' group by event order by n desc limit 200"
    return [event for event, _n in warehouse().select(scope, sql)]


def trial(rule: Rule, scope: Scope) -> Trial:
    """The rule on the newest events of its name, as the projector would do it. Nothing is changed."""
    sql = (
        "select at, event, properties from ledger where $scope and event like {event:String} and "
        "kind in ('interaction', 'answer') "
        "order by at desc limit {limit:UInt32}"
    )
    found = warehouse().select(scope, sql, {"event": _like(rule.event), "limit": RECENT})
    if not found:
        return Trial([], 0)
    made = [{"kind": "interaction", "event": event, "properties": properties} for _at, event, properties in found]
    mapped, placed = map_events(pa.Table.from_pylist(made, schema=ROWS), [rule])
    rows = mapped.to_pylist()
    tried = [
        Tried(
            at,
            _short(properties),
            bool(placed[place]) or _read(rows[place]),
            _words(rows[place]) if placed[place] else "",
        )
        for place, (at, _event, properties) in enumerate(found)
    ]
    return Trial(tried, sum(1 for one in tried if one.fits))


def _read(row: dict[str, Any]) -> bool:
    return bool(row["kind"] == "answer")


def _words(row: dict[str, Any]) -> str:
    parts: list[str] = [row["channel"] or "", row["outcome"] or ""]
    if row["duration"] is not None:
        parts.append(numbers.duration(row["duration"]))
    if row["money"] is not None:
        parts.append(numbers.money(row["money"], row["currency"] or "EUR"))
    if row["score"] is not None:
        parts.append(f"{row['metric']} {row['score']:g}")
    return " · ".join(part for part in [*parts, row["unit"] or "", (row["text"] or "")[:60]] if part)


def _conditions(rule: Rule) -> str:
    return ", ".join(f"{one.property} {one.test} {one.value}".strip() for one in rule.when)


def _short(properties: str) -> str:
    try:
        found: dict[str, Any] = json.loads(properties) if properties else {}
    except ValueError:
        return properties[:160]
    return ", ".join(f"{name}: {value}" for name, value in found.items())[:160]


def _like(event: str) -> str:
    """A rule's event (with * for any ending) as a pattern of SQL's like."""
    escaped = event.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%")


def replaced(workspace: int, place: int | None, rule: Rule) -> Sequence[Rule]:
    """The rules with this one in its place, or at the end."""
    current = rules(Mapping.current(workspace))
    return [*current, rule] if place is None else [*current[:place], rule, *current[place + 1 :]]
