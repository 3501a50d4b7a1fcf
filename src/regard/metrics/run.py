"""The pipeline: Query and Scope → one statement → estimates, intervals, significance → Result. One path for page, CSV, API and CLI."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from django.utils.translation import gettext as _

from regard.metrics.dimensions import Names
from regard.metrics.measures import Measure
from regard.metrics.queries import Groups, fetch
from regard.metrics.query import Query
from regard.metrics.result import ENOUGH, Change, Result, Row, Share
from regard.metrics.sql import MOST_GROUPS
from regard.science import Estimates, benjamini_hochberg, difference
from regard.science.estimate import Floats
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

Sums = Mapping[str, Floats]


def run(query: Query, scope: Scope, workspace: Workspace, *, names: Names | None = None) -> Result:
    """Answer the question with the rows that the scope may see. A page with several questions gives its `names` along.

    Raises BadQuery for names that do not exist, WarehouseAway when the engine does not answer.
    """
    names = names or Names.of(workspace.pk)
    groups = fetch(query, scope, names, workspace)
    measure = query.measure
    keys = sorted(groups.now, key=lambda key: _order(query, groups.now[key], key, names))
    listed = keys[:MOST_GROUPS]
    now = _columns(measure, [groups.now[key] for key in keys])
    before = _columns(measure, [groups.before.get(key) for key in keys])
    estimates = measure.estimate(now)
    changes = _changes(measure, estimates, measure.estimate(before)) if query.compared else None
    rest = _rest(measure, now, estimates) if query.by and not query.by.dimension.is_time else None
    rows = [
        Row(
            key=key,
            label=_label(query, names, key),
            estimate=estimates[place],
            before=measure.estimate(before)[place] if query.compared else None,
            change=changes[place] if changes else None,
            against_rest=rest[place] if rest else None,
            split=_split(measure, now, place),
        )
        for place, key in enumerate(listed)
    ]
    total = _total(query, groups)
    return Result(
        query=query,
        rows=tuple(rows) if query.by else (total,),
        total=total,
        unit=_unit(measure, now),
        more=len(keys) > len(listed),
        withheld=groups.withheld,
    )


def _label(query: Query, names: Names, key: object) -> str:
    """Answers without a touchpoint are about the relationship; interactions without one are not placed yet."""
    if query.by is None:
        return ""
    if query.by.dimension.name == "touchpoint" and key == 0 and query.measure.of_answers:
        return _("no touchpoint")
    return query.by.dimension.label(names, key)


def _order(query: Query, sums: Mapping[str, float], key: object, names: Names) -> tuple[object, ...]:
    """Time runs forward; everything else begins with what most is known about."""
    if query.by and query.by.dimension.is_time:
        return (key,)
    return (-sums["n"], _label(query, names, key))


def _columns(measure: Measure, groups: list[Mapping[str, float] | None]) -> dict[str, Floats]:
    return {name: np.array([group[name] if group else 0.0 for group in groups], np.float64) for name in measure.sums}


def _added(measure: Measure, groups: list[Mapping[str, float]]) -> dict[str, Floats]:
    """The sums of several groups together, as columns of length one."""
    columns = _columns(measure, list(groups))
    extremes = measure.extremes or {}
    how = {"min": np.min, "max": np.max}
    return {
        name: np.array([how[extremes[name]](values) if name in extremes and len(values) else values.sum()])
        for name, values in columns.items()
    }


def _total(query: Query, groups: Groups) -> Row:
    measure = query.measure
    now = _added(measure, list(groups.now.values()))
    estimates = measure.estimate(now)
    if not query.compared:
        return Row(key=None, label="", estimate=estimates[0], split=_split(measure, now, 0))
    before = measure.estimate(_added(measure, list(groups.before.values())))
    (change,) = _changes(measure, estimates, before)
    return Row(
        key=None, label="", estimate=estimates[0], before=before[0], change=change, split=_split(measure, now, 0)
    )


def _changes(measure: Measure, now: Estimates, before: Estimates) -> list[Change | None]:
    return _compare(measure, now, before, counted=measure.unit == "count")


def _rest(measure: Measure, sums: Sums, estimates: Estimates) -> list[Change | None] | None:
    """Each group against all others together: their sums are the total's less its own."""
    if measure.unit == "count" or len(estimates) < 2:
        return None
    extremes = measure.extremes or {}
    others = {name: values if name in extremes else values.sum() - values for name, values in sums.items()}
    # Differences of large sums may end a hair below zero.
    others = {name: np.maximum(values, 0) if name not in extremes else values for name, values in others.items()}
    return _compare(measure, estimates, measure.estimate(others), counted=False)


def _compare(measure: Measure, a: Estimates, b: Estimates, *, counted: bool) -> list[Change | None]:
    found = difference(a, b)
    enough = (a.n >= ENOUGH) & (b.n >= ENOUGH) & ~np.isnan(found.p)
    p = np.where(enough, found.p, np.nan)
    significant = benjamini_hochberg(p)
    changes: list[Change | None] = []
    for place in range(len(a)):
        value = float(found.value[place])
        if math.isnan(value) or b.n[place] == 0:
            changes.append(None)
            continue
        meant = bool(significant[place]) if enough[place] and not counted else None
        good = (value > 0) == measure.up_is_good if meant else None
        changes.append(
            Change(
                value=value, p=float(p[place]) if enough[place] and not counted else None, significant=meant, good=good
            )
        )
    return changes


def _split(measure: Measure, sums: Sums, place: int) -> tuple[Share, ...]:
    if not measure.split or not sums["n"][place]:
        return ()
    n = float(sums["n"][place])
    counts = {name: float(sums[name][place]) for name, _ in measure.split if name in sums}
    counts |= {name: n - sum(counts.values()) for name, _ in measure.split if name not in counts}
    return tuple(Share(name, str(title), 100 * counts[name] / n, round(counts[name])) for name, title in measure.split)


def _unit(measure: Measure, sums: Sums) -> str:
    """Ratings say which scale they are on."""
    if measure.name != "rating":
        return measure.unit
    answered = sums["n"] > 0
    if not answered.any():
        return "scale"
    low, high = sums["low_min"][answered], sums["high_max"][answered]
    one = low.min() == sums["low_max"][answered].max() and sums["high_min"][answered].min() == high.max()
    return f"{low.min():.0f}–{high.max():.0f}" if one else "0–100"
