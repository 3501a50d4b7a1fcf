from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from regard.metrics.dimensions import Names
from regard.metrics.measures import Measure
from regard.metrics.query import Query
from regard.metrics.sql import statement
from regard.metrics.unnamed import UNNAMED, Parted, Sums, withhold
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Groups:
    """The measure's sums for each group, in the period and in the one it is compared with; `withheld` answers of the period are not
    among them, because they are too few to keep it unknown whose they are.
    """

    now: Mapping[object, Sums]
    before: Mapping[object, Sums]
    withheld: int = 0


def fetch(query: Query, scope: Scope, names: Names, workspace: Workspace) -> Groups:
    unnamed = UNNAMED.programmes(workspace.pk) if query.measure.of_answers else []
    asked = statement(query, names, workspace.zone, unnamed=unnamed)
    sums = list(query.measure.sums)
    now: dict[object, Parted] = {}
    before: dict[object, Parted] = {}
    for row in warehouse().select(scope, asked.sql, asked.values):
        *keys, is_unnamed = row[: -len(sums)] if unnamed else (*row[: -len(sums)], 0)
        key, current = (keys[0], keys[1]) if query.by else (None, keys[0])
        given = dict(zip(sums, (float(value or 0) for value in row[-len(sums) :]), strict=True))
        parted = (now if current else before).setdefault(key, Parted())
        if is_unnamed:
            parted.unnamed = given
        else:
            parted.named = given
    shown, withheld = _shown(now, query.measure, workspace)
    return Groups(shown, _shown(before, query.measure, workspace)[0], withheld)


def _shown(groups: Mapping[object, Parted], measure: Measure, workspace: Workspace) -> tuple[dict[object, Sums], int]:
    extremes = {"min": min, "max": max}
    kinds = measure.extremes or {}

    def add(one: Sums, other: Sums) -> Sums:
        return {
            name: extremes[kinds[name]](one[name], other[name]) if name in kinds else one[name] + other[name] for name in one
        }

    return withhold(groups, add, threshold=workspace.threshold)
