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


_COMPUTED = {
    "calls in 90 days": {"kind": "number", "what": {"event": "Call"}, "days": 90},
    "last NPS": {"kind": "last score", "metric": "nps"},
    "days since last contact": {"kind": "days since"},
    "touchpoints used": {"kind": "touchpoints", "days": 365},
    "visits": {"kind": "number", "what": {"event": "Visit", "channel": "store"}},
}


def computed() -> list[Row]:
    """Five computed traits of a million customers, worked out anew and thrown away, against the aggregation written by hand."""
    from regard.site.engines.start import engines, migrate

    with engines("bench"):
        migrate()
        from regard.ledger.touchpoints.models import Touchpoint
        from regard.segments.computed.definition import read
        from regard.segments.computed.ground import Ground
        from regard.segments.computed.mirror import fill, throw_away_all_but
        from regard.segments.definition import read as read_segment
        from regard.segments.queries import fit
        from regard.warehouse import Scope, warehouse
        from regard.workspace.workspaces.models import Workspace

        workspace = Workspace.found(name="A million", time_zone="Europe/Paris")
        Touchpoint.objects.bulk_create(Touchpoint(workspace=workspace, name=f"Touchpoint {n}") for n in range(1, 13))
        values = {"workspace": workspace.pk, "root": workspace.root.pk}
        warehouse().execute(_PEOPLE, {**values, "people": PEOPLE, "merged": 1})
        for start in range(0, INTERACTIONS, 2_000_000):
            warehouse().execute(_LEDGER, {**values, "start": start, "count": 2_000_000})
        scope, ground = Scope(workspace.pk), Ground.of(workspace, NOW)
        traits = [(number, read(one)) for number, one in enumerate(_COMPUTED.values(), 1)]
        merged = "select profile as lost, customer from people final where $workspace and profile != customer"
        by_hand = f"""
            select count(), sum(calls), sum(score), sum(days), sum(length(used)), sum(visits) from (
                select if(whose.customer = 0, ledger.profile, whose.customer) as who,
                    countIf(kind = 'interaction' and event = 'Call' and at >= '{NOW - timedelta(days=90):%Y-%m-%d}') as calls,
                    argMaxIf(score, at, kind = 'answer' and metric = 'nps') as score,
                    dateDiff('day', maxIf(at, kind = 'interaction'), toDateTime('{NOW:%Y-%m-%d %H:%M:%S}')) as days,
                    groupUniqArrayIf(touchpoint, kind = 'interaction' and at >= '{NOW - timedelta(days=365):%Y-%m-%d}') as used,
                    countIf(kind = 'interaction' and event = 'Visit' and channel = 'store') as visits
                from ledger any left join ({merged}) as whose on ledger.profile = whose.lost where $workspace group by who
            )"""
        mine, theirs = race(lambda: fill(workspace.pk, traits, ground), lambda: warehouse().select(scope, by_hand))
        throw_away_all_but(workspace.pk, ())
        filled = fill(workspace.pk, traits, ground)
        rows = [Row(
            f"Five computed traits worked out and written, {PEOPLE:,} customers, {INTERACTIONS:,} rows", f"{mine:.1f} s",
            f"{theirs:.1f} s by hand, read only", f"{mine / theirs:.2f}", "≤ 2",
        )]  # fmt: skip
        from regard.segments.computed.models import ComputedTrait

        for (number, _one), (name, definition) in zip(traits, _COMPUTED.items(), strict=True):
            ComputedTrait.objects.create(
                pk=number, workspace=workspace, name=name, definition=definition, version=filled.version
            )
        worked = read_segment(
            {"kind": "all", "of": [{"kind": "trait", "name": "calls in 90 days", "op": ">=", "values": ["3"]}]}
        )
        direct = read_segment(
            {"kind": "all", "of": [{"kind": "did", "what": {"event": "Call"}, "op": ">=", "times": 3, "days": 90}]}
        )
        of_worked, of_rows = race(lambda: fit(scope, worked, now=NOW), lambda: fit(scope, direct, now=NOW))
        rows.append(
            Row(
                "Segment by one of them",
                f"{of_worked * 1000:.0f} ms",
                f"{of_rows * 1000:.0f} ms by the same condition on the ledger",
                f"{of_worked / of_rows:.2f}",
                "≤ 1",
            )
        )
    return rows


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
