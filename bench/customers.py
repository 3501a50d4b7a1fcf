"""One customer out of many: who is who, segments, timelines, numbers where customers have been joined."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import numpy as np
import pyarrow as pa

from bench import load
from bench.__main__ import Row
from bench.metrics import race

EVENTS, KNOWN = 1_000_000, 200_000
PEOPLE, INTERACTIONS = 1_000_000, 20_000_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)

_PEOPLE = """
insert into people (workspace, profile, customer, home_unit, traits, version)
select {workspace:UInt32}, number + 1, if({merged:UInt8} and number % 10 = 9, number, number + 1), {root:UInt32},
    map('plan', ['fibre', 'mobile', 'both'][number % 3 + 1], 'city', concat('c', toString(number % 50))), 1 + {merged:UInt8}
from numbers({people:UInt64}) where not {merged:UInt8} or number % 10 = 9
"""
_LEDGER = """
insert into ledger (workspace, kind, profile, at, id, touchpoint, channel, unit, event, metric, scale_low, scale_high, score)
select {workspace:UInt32}, if(number % 20 = 0, 'answer', 'interaction'), cityHash64(number, 7) % 1000000 + 1,
    toDateTime64('2025-11-22 00:00:00', 3, 'UTC') + (cityHash64(number) % 31536000),
    toFixedString(leftPad(toString(number), 16, '0'), 16), number % 12 + 1, ['phone', 'web', 'store', 'chat'][number % 4 + 1],
    {root:UInt32}, ['Call', 'Bill', 'Visit'][number % 3 + 1], if(number % 20 = 0, 'nps', ''), 0, if(number % 20 = 0, 10, 0),
    if(number % 20 = 0, cityHash64(number, 1) % 11, null)
from numbers({start:UInt64}, {count:UInt64})
"""


def identity() -> list[Row]:
    """A million events over 200,000 people through the projector, with and without finding out whose they are."""
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.ledger.inbox.models import Form
        from regard.ledger.inbox.put import put
        from regard.ledger.record import project
        from regard.testing.events import source
        from regard.workspace.workspaces.models import Workspace

        def nobody(workspace: int, rows: pa.Table) -> np.ndarray:
            return np.zeros(rows.num_rows, np.uint64)

        def through(name: str) -> float:
            workspace = Workspace.found(name=name)
            origin = source(workspace).pk
            for body in load.bodies(EVENTS // 100, 100, users=KNOWN):
                put(workspace=workspace.pk, source=origin, form=Form.BATCH, body=body, items=100)
            began = time.perf_counter()
            project.project_all()
            return time.perf_counter() - began

        through("Warm")
        ours = through("With people")
        with patch.object(project, "find_people", nobody):
            yardstick = through("Without")
    return [
        Row(
            f"{EVENTS:,} events over {KNOWN:,} people, whose they are found out",
            f"{ours:.1f} s",
            f"{yardstick:.1f} s without",
            f"{ours / yardstick:.2f}",
            "≤ 1.5",
        )
    ]


def customers() -> list[Row]:
    """Segments, timelines and metrics over a million customers and 20 million interactions."""
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.ledger.timeline.queries import timeline
        from regard.metrics.query import read_query
        from regard.metrics.run import run
        from regard.segments.definition import read
        from regard.segments.queries import fit
        from regard.warehouse import Scope, warehouse
        from regard.workspace.workspaces.models import Workspace

        workspace = Workspace.found(name="A million", time_zone="Europe/Paris")
        values = {"workspace": workspace.pk, "root": workspace.root.pk}
        warehouse().execute(_PEOPLE, {**values, "people": PEOPLE, "merged": 0})
        for start in range(0, INTERACTIONS, 2_000_000):
            warehouse().execute(_LEDGER, {**values, "start": start, "count": 2_000_000})
        load.at_rest()
        scope = Scope(workspace.pk)
        segment = read({"kind": "all", "of": [
            {"kind": "trait", "name": "plan", "op": "is", "values": ["fibre"]},
            {"kind": "unit", "units": [workspace.root.pk]},
            {"kind": "did", "what": {"touchpoint": 3}, "op": ">=", "times": 2, "days": 180},
            {"kind": "answered", "metric": "nps", "op": "<=", "score": 6},
            {"kind": "did", "what": {"event": "Visit"}, "op": "=", "times": 0, "days": 30},
        ]})  # fmt: skip
        by_hand = f"""
            select count() from (
                select profile from ledger where $workspace and (at >= '{NOW - timedelta(days=180):%Y-%m-%d}' or metric = 'nps') group by profile
                having countIf(kind = 'interaction' and touchpoint = 3 and at >= '{NOW - timedelta(days=180):%Y-%m-%d}') >= 2
                    and argMaxIf(score, at, metric = 'nps') <= 6
                    and countIf(kind = 'interaction' and event = 'Visit' and at >= '{NOW - timedelta(days=30):%Y-%m-%d}') = 0
            ) acts any inner join (
                select profile from people final where $workspace and traits['plan'] = 'fibre' and home_unit = {workspace.root.pk}
            ) person using profile"""
        counted = fit(scope, segment, now=NOW).count
        ((expected,),) = warehouse().select(scope, by_hand)
        assert counted == expected > 0, (counted, expected)
        mine, theirs = race(lambda: fit(scope, segment, now=NOW), lambda: warehouse().select(scope, by_hand))
        rows = [Row(
            f"Segment with 5 conditions, {PEOPLE:,} customers, {INTERACTIONS:,} rows", f"{mine * 1000:.0f} ms", f"{theirs * 1000:.0f} ms by hand",
            f"{mine / theirs:.2f}", "≤ 1.5",
        )]  # fmt: skip
        times = [
            _timed(lambda profile=profile: timeline(scope, [profile], limit=40))
            for profile in range(1_000, 1_000_000, 20_000)
        ]
        rows.append(
            Row(
                f"Timeline of one customer of {INTERACTIONS:,} rows",
                f"{statistics.median(times) * 1000:.0f} ms",
                "",
                "",
                "≤ 50 ms",
            )
        )
        query = read_query(metric="nps", by="trait:plan", today=date(2026, 11, 22))
        before, _ = race(lambda: run(query, scope, workspace), lambda: None)
        warehouse().execute(_PEOPLE, {**values, "people": PEOPLE, "merged": 1})
        after, _ = race(lambda: run(query, scope, workspace), lambda: None)
        rows.append(
            Row(
                "NPS by a trait, 10 % of customers joined",
                f"{after * 1000:.0f} ms",
                f"{before * 1000:.0f} ms, none joined",
                f"{after / before:.2f}",
                "≤ 1.2",
            )
        )
    return rows


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
