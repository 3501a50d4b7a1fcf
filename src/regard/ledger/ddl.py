"""The ledger in ClickHouse."""

from __future__ import annotations

from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

KINDS = ("interaction", "answer", "message", "case", "handoff", "note", "offer")
_KINDS = ", ".join(f"'{kind}' = {number}" for number, kind in enumerate(KINDS, 1))

_POINTS = "(scale_high - scale_low + 1)"
_TAKEN = f"multiIf({_POINTS} <= 3, 1, {_POINTS} <= 7, 2, 3)"
#: Where a score stands on its scale, worked out once, when it is written: 1 promoter, top box, easy; -1 detractor, bottom box, hard;
#: 0 between; -128 not scored, or not comparable. NPS 9–10 and 0–6; CES 2.0 (1–7) 5–7 and 1–3; else top and bottom 1, 2 or 3 boxes of
#: scales with at most 3, 4–7 or more points.
_BOX = f"""multiIf(
            kind != 'answer' or isNull(score) or scale_high <= scale_low, -128,
            metric = 'nps', multiIf(score >= 9, 1, score >= 7, 0, -1),
            metric = 'ces' and not (scale_low = 1 and scale_high = 7), -128,
            metric = 'ces', multiIf(score >= 5, 1, score <= 3, -1, 0),
            score >= scale_high + 1 - {_TAKEN}, 1,
            score < scale_low + {_TAKEN}, -1,
            0
        )"""

#: One table for everything that happened and everything that was said, so that a timeline is one query. All columns of the key and
#: the partition are frozen at first acceptance; `profile` is the id given at first sight, whoever it belongs to later.
LEDGER = Table(
    name="ledger",
    columns=f"""
        workspace UInt32,
        kind Enum8({_KINDS}),
        profile UInt64,
        at DateTime64(3, 'UTC'),
        id FixedString(16),
        part UInt16,
        version UInt32,
        touchpoint UInt32,
        event LowCardinality(String),
        channel LowCardinality(String),
        outcome LowCardinality(String),
        duration Nullable(Float64),
        money Nullable(Decimal(18, 4)),
        currency LowCardinality(String),
        handovers Nullable(UInt16),
        unit UInt32,
        placed Bool,
        metric LowCardinality(String),
        scale_low Int16,
        scale_high Int16,
        score Nullable(Float64),
        box Int8 materialized {_BOX},
        text String codec(ZSTD(1)),
        language LowCardinality(String),
        programme LowCardinality(String),
        response FixedString(16),
        source UInt32,
        inbox UInt64,
        received DateTime64(3, 'UTC'),
        properties String codec(ZSTD(1)),
        props Map(LowCardinality(String), String)
            materialized cast(JSONExtractKeysAndValues(properties, 'String'), 'Map(LowCardinality(String), String)')
    """,
    version="version",
    partition_by="toYYYYMM(at)",
    order_by="workspace, kind, profile, at, id, part",
    shard_by="cityHash64(profile)",
)

MIGRATIONS = [
    Migration("ledger-0001", LEDGER.create),
    Migration("ledger-0002-offers", lambda cluster: LEDGER.modify_column(cluster, f"kind Enum8({_KINDS})")),
]
