"""Random answers, counted by the engine and by a few lines of Python that share nothing with it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.warehouse import Scope

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
START = datetime(2026, 1, 1, tzinfo=UTC)
PLACES = count(1_000_000)
CHANNELS = ("phone", "web", "store")

answers = st.lists(
    st.tuples(
        st.sampled_from(sorted(SCALES)),
        st.integers(0, 10),
        st.sampled_from(CHANNELS),
        st.integers(0, 364 * 24 * 60),
        st.integers(1, 3),
    ),
    max_size=120,
)


def fill(ledger, workspace: int, rows) -> list[tuple[str, int, str, datetime, int]]:
    kept = []
    for metric, score, channel, minutes, unit in rows:
        low, high = SCALES[metric]
        kept.append((metric, min(max(score, low), high), channel, START + timedelta(minutes=minutes), unit))
    if kept:
        table = pa.table(
            {
                "workspace": pa.array([workspace] * len(kept), pa.uint32()),
                "kind": ["answer"] * len(kept),
                "profile": pa.array(range(len(kept)), pa.uint64()),
                "at": pa.array([row[3] for row in kept], pa.timestamp("ms", "UTC")),
                "id": pa.array([i.to_bytes(16) for i in range(len(kept))], pa.binary(16)),
                "channel": [row[2] for row in kept],
                "unit": pa.array([row[4] for row in kept], pa.uint32()),
                "metric": [row[0] for row in kept],
                "score": pa.array([float(row[1]) for row in kept]),
                "scale_low": pa.array([SCALES[row[0]][0] for row in kept], pa.int16()),
                "scale_high": pa.array([SCALES[row[0]][1] for row in kept], pa.int16()),
            }
        )
        ledger.insert("ledger", table, token=f"oracle-{workspace}")
    return kept


def expected(metric: str, scores: list[int]) -> float | None:
    n = len(scores)
    if not n:
        return None
    if metric == "nps":
        return float(100 * Fraction(sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores), n))
    if metric == "csat":
        return float(100 * Fraction(sum(s >= 4 for s in scores), n))
    return float(Fraction(sum(scores), n))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=answers,
    by=st.sampled_from(["", "channel", "month", "unit"]),
    units=st.sampled_from([None, (1,), (1, 2)]),
    channel=st.sampled_from(["", *CHANNELS]),
    first=st.integers(0, 300),
    days=st.integers(1, 364),
)
def test_every_number_is_the_oracles(ledger, workspace, rows, by, units, channel, first, days):
    place = next(PLACES)  # rows of its own for each example, instead of emptying the table a thousand times
    kept = fill(ledger, place, rows)
    zone = workspace.zone
    from_day = date(2026, 1, 1) + timedelta(days=first)
    to_day = from_day + timedelta(days=days)
    mine = [
        row
        for row in kept
        if (units is None or row[4] in units)
        and (not channel or row[2] == channel)
        and from_day <= row[3].astimezone(zone).date() <= to_day
    ]
    for metric in SCALES:
        query = read_query(
            metric=metric,
            by=by,
            where=[f"channel={channel}"] if channel else [],
            first=from_day.isoformat(),
            last=to_day.isoformat(),
            today=to_day,
        )
        result = run(query, Scope(place, units), workspace)
        groups: dict[object, list[int]] = {}
        for row in mine:
            if row[0] == metric or (metric == "rating" and row[0] == "csat"):
                key = {
                    "": None,
                    "channel": row[2],
                    "month": row[3].astimezone(zone).date().replace(day=1),
                    "unit": row[4],
                }[by]
                groups.setdefault(key, []).append(row[1])
        found = {row.key: (row.value, row.n) for row in result.rows}
        wanted = {key: (expected(metric, scores), len(scores)) for key, scores in groups.items()} or (
            {} if by else {None: (None, 0)}
        )
        assert found.keys() == wanted.keys()
        for key, (value, n) in wanted.items():
            assert found[key][1] == n
            assert found[key][0] == value or math.isclose(found[key][0], value, rel_tol=1e-12, abs_tol=1e-12)
