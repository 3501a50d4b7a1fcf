"""The import maps of the demo's files."""

from __future__ import annotations

from regard.connectors.files.import_map import ColumnMap, Constants, ImportMap, Metric
from regard.connectors.files.reading import Reading

_WHO = [ColumnMap(column="customer", becomes="user_id")]


def customers(columns: list[str]) -> ImportMap:
    traits = ("plan", "age group", "region", "customer since", "status", "language")
    return ImportMap(
        what="customers",
        reading=Reading(columns=tuple(columns)),
        columns=[
            *_WHO,
            ColumnMap(column="name", becomes="name"),
            ColumnMap(column="email", becomes="email"),
            ColumnMap(column="phone", becomes="phone"),
            ColumnMap(column="home store", becomes="unit"),
            *(ColumnMap(column=name, becomes="trait", named=name.replace(" ", "_")) for name in traits),
        ],
    )


def interactions(columns: list[str]) -> ImportMap:
    return ImportMap(
        what="interactions",
        reading=Reading(columns=tuple(columns)),
        constants=Constants(currency="EUR"),
        columns=[
            *_WHO,
            ColumnMap(column="date", becomes="date", format="ymd"),
            ColumnMap(column="touchpoint", becomes="touchpoint"),
            ColumnMap(column="event", becomes="event"),
            ColumnMap(column="channel", becomes="channel"),
            ColumnMap(column="outcome", becomes="outcome"),
            ColumnMap(column="seconds", becomes="duration", unit="seconds"),
            ColumnMap(column="amount", becomes="money"),
            ColumnMap(column="handovers", becomes="handovers"),
            ColumnMap(column="unit", becomes="unit"),
            ColumnMap(column="plan", becomes="property"),
            ColumnMap(column="conversation", becomes="property"),
            ColumnMap(column="far above usual", becomes="property", named="far_above_usual"),
        ],
    )


def responses(columns: list[str], metric: Metric) -> ImportMap:
    scores = [ColumnMap(column="score", becomes="score", metric=metric)]
    if metric == "ces":
        scores.append(ColumnMap(column="nps", becomes="score", metric="nps"))
    return ImportMap(
        what="answers",
        reading=Reading(columns=tuple(columns)),
        columns=[
            *_WHO,
            *scores,
            ColumnMap(column="comment", becomes="text", of="score"),
            ColumnMap(column="date", becomes="date", format="ymd"),
            ColumnMap(column="programme", becomes="programme"),
            ColumnMap(column="touchpoint", becomes="touchpoint"),
            ColumnMap(column="channel", becomes="channel"),
            ColumnMap(column="unit", becomes="unit"),
            ColumnMap(column="language", becomes="language"),
            ColumnMap(column="plan", becomes="property"),
            ColumnMap(column="last bill", becomes="property", named="last_bill"),
        ],
    )
