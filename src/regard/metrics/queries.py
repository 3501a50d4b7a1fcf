from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from regard.metrics.dimensions import Names
from regard.metrics.query import Query
from regard.metrics.sql import statement
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Groups:
    """The measure's sums for each group, in the period and in the one it is compared with."""

    now: Mapping[object, Mapping[str, float]]
    before: Mapping[object, Mapping[str, float]]


def fetch(query: Query, scope: Scope, names: Names, zone: ZoneInfo) -> Groups:
    asked = statement(query, names, zone)
    sums = list(query.measure.sums)
    now: dict[object, Mapping[str, float]] = {}
    before: dict[object, Mapping[str, float]] = {}
    for row in warehouse().select(scope, asked.sql, asked.values):
        key, current = (row[0], row[1]) if query.by else (None, row[0])
        values = [float(value or 0) for value in row[-len(sums) :]]
        (now if current else before)[key] = dict(zip(sums, values, strict=True))
    return Groups(now, before)
