"""Any metric by any one breakdown at 10 million answers, against the statement one would write by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date

from bench.__main__ import Row

ROWS = 10_000_000
ROUNDS = 5

_FILL = """
insert into ledger (workspace, kind, profile, at, id, touchpoint, channel, unit, metric, scale_low, scale_high, score, language, properties)
select {workspace:UInt32}, 'answer', number % 400000 + 1, toDateTime64('2025-06-01 00:00:00', 3, 'UTC') + (cityHash64(number) % 31536000),
    toFixedString(leftPad(toString(number), 16, '0'), 16), number % 12, ['phone', 'web', 'store', 'chat'][number % 4 + 1],
    {root:UInt32}, ['nps', 'csat', 'ces'][number % 3 + 1], [0, 1, 1][number % 3 + 1], [10, 5, 7][number % 3 + 1],
    [0, 1, 1][number % 3 + 1] + cityHash64(number, 1) % [11, 5, 7][number % 3 + 1], ['en', 'fr', 'de'][number % 3 + 1],
    '{"plan":"' || ['fibre', 'mobile', 'both'][number % 3 + 1] || '"}'
from numbers({start:UInt64}, {count:UInt64})
"""
_PEOPLE = """
insert into people (workspace, profile, customer, traits, version)
select {workspace:UInt32}, number + 1, number + 1, map('plan', ['fibre', 'mobile', 'both'][number % 3 + 1]), 1 from numbers(400000)
"""
_WITH_PEOPLE = " any left join (select profile, traits from people final where $workspace) as person on ledger.profile = person.profile"
_BY_HAND = {
    "nps": "100 * (countIf(score >= 9) - countIf(score <= 6)) / count(), count(), countIf(score >= 9), countIf(score <= 6)",
    "csat": "100 * countIf(score >= 4) / count(), count()",
    "ces": "avg(score), count(), stddevSamp(score)",
}
_KEYS = {
    "touchpoint": "touchpoint", "channel": "channel", "unit": "unit", "language": "language", "month": "toStartOfMonth(at, 'Europe/Paris')",
    "week": "toStartOfWeek(at, 1, 'Europe/Paris')", "day": "toDate(at, 'Europe/Paris')",
    "quarter": "toStartOfQuarter(at, 'Europe/Paris')",
    "trait:plan": "person.traits['plan']",
    "property:plan": "props['plan']",
}  # fmt: skip


def breakdowns() -> list[Row]:
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.metrics.query import read_query
        from regard.metrics.run import run
        from regard.warehouse import Scope, warehouse
        from regard.workspace.workspaces.models import Workspace

        workspace = Workspace.objects.filter(name="Bench").first() or Workspace.found(
            name="Bench", time_zone="Europe/Paris"
        )
        ((there,),) = warehouse().unscoped(
            "select count() from ledger where workspace = {w:UInt32}", {"w": workspace.pk}
        )
        for start in range(there, ROWS, 1_000_000):
            warehouse().execute(
                _FILL, {"workspace": workspace.pk, "root": workspace.root.pk, "start": start, "count": 1_000_000}
            )
        if not there:
            warehouse().execute(_PEOPLE, {"workspace": workspace.pk})
        scope, worst = Scope(workspace.pk), ("", 0.0, 0.0, 0.0)
        ratios = []
        for metric, hand in _BY_HAND.items():
            for by, key in _KEYS.items():
                query = read_query(metric=metric, by=by, today=date(2026, 11, 22))
                join = _WITH_PEOPLE if by.startswith("trait") else ""
                sql = f"select {key} as key, {hand} from ledger{join} where $workspace and kind = 'answer' and metric = '{metric}' group by key"
                mine, theirs = _race(
                    lambda query=query: run(query, scope, workspace), lambda sql=sql: warehouse().select(scope, sql)
                )
                ratios.append(mine / theirs)
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


def _race(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds, taken in turns, after one of each to warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for round in range(ROUNDS + 1):
        for place, work in enumerate((ours, theirs)):
            began = time.perf_counter()
            work()
            if round:
                times[place].append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])
