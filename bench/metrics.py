"""Any metric by any one breakdown at 10 million answers, against the statement one would write by hand."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bench.__main__ import Row

if TYPE_CHECKING:
    from regard.workspace.workspaces.models import Workspace

ROWS, INTERACTIONS = 10_000_000, 5_000_000
ROUNDS = 5
ZONE = "Europe/Paris"

_FILL = """
insert into ledger (workspace, kind, profile, at, id, touchpoint, event, channel, outcome, programme, unit, duration, metric, scale_low,
    scale_high, score, language, properties)
select {workspace:UInt32}, {kind:String}, number % 400000 + 1,
    toDateTime64('2025-06-01 00:00:00', 3, 'UTC') + (cityHash64(number) % 31536000),
    toFixedString(leftPad(toString(number), 16, '0'), 16), {touchpoints:Array(UInt32)}[number % 12 + 1],
    ['Call', 'Bill', 'Visit', 'Order', 'Chat'][number % 5 + 1], ['phone', 'web', 'store', 'chat'][number % 4 + 1],
    ['solved', 'open'][number % 2 + 1], ['yearly', 'after a call'][number % 2 + 1], {units:Array(UInt32)}[number % 6 + 1],
    if({kind:String} = 'answer', null, number % 900), if({kind:String} = 'answer', ['nps', 'csat', 'ces'][number % 3 + 1], ''),
    [0, 1, 1][number % 3 + 1], [10, 5, 7][number % 3 + 1],
    if({kind:String} = 'answer', [0, 1, 1][number % 3 + 1] + cityHash64(number, 1) % [11, 5, 7][number % 3 + 1], null),
    ['en', 'fr', 'de'][number % 3 + 1], '{"plan":"' || ['fibre', 'mobile', 'both'][number % 3 + 1] || '"}'
from numbers({start:UInt64}, {count:UInt64})
"""
_PEOPLE = """
insert into people (workspace, profile, customer, traits, version)
select {workspace:UInt32}, number + 1, number + 1, map('plan', ['fibre', 'mobile', 'both'][number % 3 + 1]), 1 from numbers(400000)
"""
_WITH_PEOPLE = (
    " any left join (select profile, traits['plan'] as plan from people final where $workspace) as person"
    " on ledger.profile = person.profile"
)
_MEAN = "avg(score), count(), stddevSamp(score)"
_RESCALED = "100 * (score - scale_low) / (scale_high - scale_low)"
#: The statements that one would write for the same result: the value, what its interval needs, and the parts that are shown beside it.
_BY_HAND = {
    "nps": ("100 * (countIf(score >= 9) - countIf(score <= 6)) / count(), count(), countIf(score >= 9), countIf(score <= 6)",
            "kind = 'answer' and metric = 'nps'"),
    "csat": ("100 * countIf(score >= 4) / count(), count(), countIf(score <= 2)", "kind = 'answer' and metric = 'csat'"),
    "ces": (f"{_MEAN}, countIf(score >= 5), countIf(score <= 3)", "kind = 'answer' and metric = 'ces'"),
    "rating": (f"{_MEAN}, min(scale_low), max(scale_low), min(scale_high), max(scale_high), avg({_RESCALED}), stddevSamp({_RESCALED})",
               "kind = 'answer' and metric in ('csat', 'rating')"),
    "answers": ("count()", "kind = 'answer'"),
    "interactions": ("count()", "kind = 'interaction'"),
    "duration": ("avg(duration), count(), stddevSamp(duration)", "kind = 'interaction' and isNotNull(duration)"),
}  # fmt: skip
_KEYS = {
    "touchpoint": "touchpoint", "event": "event", "channel": "channel", "outcome": "outcome", "unit": "unit",
    "language": "language", "programme": "programme",
    "stage": "transform(touchpoint, {touchpoints}, {stages}, '')",
    "function": "transform(touchpoint, {touchpoints}, {functions}, '')",
    "region": "transform(unit, {units}, {tops}, toUInt32(0))",
    "day": f"toDate(at, '{ZONE}')", "week": f"toStartOfWeek(at, 1, '{ZONE}')", "month": f"toStartOfMonth(at, '{ZONE}')",
    "quarter": f"toStartOfQuarter(at, '{ZONE}')",
    "trait:plan": "person.plan", "property:plan": "props['plan']",
}  # fmt: skip


def breakdowns() -> list[Row]:
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.metrics.query import read_query
        from regard.metrics.run import run
        from regard.warehouse import Scope, warehouse

        workspace, names = _filled()
        scope, worst = Scope(workspace.pk), ("", 0.0, 0.0, 0.0)
        ratios = []
        for metric, (hand, rows) in _BY_HAND.items():
            for by, key in _KEYS.items():
                query = read_query(metric=metric, by=by, today=date(2026, 11, 22))
                join = _WITH_PEOPLE if by.startswith("trait") else ""
                sql = f"select {key.format(**names)} as key, {hand} from ledger{join} where $workspace and {rows} group by key"
                mine, theirs = race(
                    lambda query=query: run(query, scope, workspace), lambda sql=sql: warehouse().select(scope, sql)
                )
                ratios.append(mine / theirs)
                print(
                    f"{metric} by {by}: {mine * 1000:.0f} ms, {theirs * 1000:.0f} by hand", file=sys.stderr, flush=True
                )
                if mine / theirs > worst[3]:
                    worst = (f"{metric} by {by}", mine, theirs, mine / theirs)
    name, mine, theirs, ratio = worst
    middle = statistics.median(ratios)
    return [
        Row(
            f"{len(ratios)} metric × breakdown at {ROWS:,} answers, worst: {name}",
            f"{mine * 1000:.0f} ms",
            f"{theirs * 1000:.0f} ms by hand",
            f"{ratio:.2f}",
            "≤ 1.3",
        ),
        Row("The same, in the middle", "", "", f"{middle:.2f}", "≤ 1.3"),
    ]


def _filled() -> tuple[Workspace, dict[str, object]]:
    """A workspace with 12 touchpoints, two regions of two stores each, 400,000 people; and the names for statements by hand."""
    from regard.ledger.touchpoints.models import Stage, Touchpoint
    from regard.warehouse import warehouse
    from regard.workspace.units.models import Unit, branches
    from regard.workspace.workspaces.models import Workspace

    workspace = Workspace.objects.filter(name="Bench").first()
    fresh = workspace is None
    if workspace is None:
        workspace = Workspace.found(name="Bench", time_zone=ZONE)
        for number in range(12):
            Touchpoint.objects.create(
                workspace=workspace, name=f"Point {number}", stage=Stage.values[number % 8], function=f"f{number % 4}"
            )
        for region in ("North", "South"):
            above = Unit.objects.create(workspace=workspace, parent=workspace.root, name=region)
            for store in (1, 2):
                Unit.objects.create(workspace=workspace, parent=above, name=f"{region} {store}")
    points = list(Touchpoint.objects.filter(workspace=workspace, name__startswith="Point ").order_by("id"))
    units = [branch for branch in branches(workspace.pk) if len(branch.path) > 1]
    if fresh:
        for kind, count in (("answer", ROWS), ("interaction", INTERACTIONS)):
            for start in range(0, count, 1_000_000):
                values = {"workspace": workspace.pk, "kind": kind, "start": start, "count": 1_000_000}
                ids = {"touchpoints": [point.pk for point in points], "units": [unit.id for unit in units]}
                warehouse().execute(_FILL, values | ids)
        warehouse().execute(_PEOPLE, {"workspace": workspace.pk})
    return workspace, {
        "touchpoints": [point.pk for point in points],
        "stages": [point.stage for point in points],
        "functions": [point.function for point in points],
        "units": [unit.id for unit in units],
        "tops": [unit.path[1] for unit in units],
    }


def race(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds, taken in turns, after one of each to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for round in range(ROUNDS + 1):
        for place, work in enumerate((ours, theirs)):
            began = time.perf_counter()
            work()
            if round:
                times[place].append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])
