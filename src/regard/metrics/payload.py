"""A Result as the API, the command line and CSV give it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regard.metrics.result import Change, Result, Row


def payload(result: Result) -> dict[str, Any]:
    """`{"metric", "formula", "unit", "interval", "by", "period", "rows": [{"by", "value", "low", "high", "n", …}], "total"}`.

    `value`, `low` and `high` are null where there is nothing to go on; nothing is rounded.
    """
    query = result.query
    period = query.period
    return {
        "metric": query.measure.name,
        "formula": result.formula,
        "interval": query.measure.interval,
        "unit": result.unit,
        "by": query.by.name if query.by else None,
        "period": {"from": _day(period.first), "to": _day(period.last)},
        "compared": {"from": _day(result.compared.first), "to": _day(result.compared.last)}
        if result.compared
        else None,
        "rows": [_row(row, by=query.by is not None) for row in result.rows],
        "total": _row(result.total, by=False),
        "more": result.more,
        "withheld": result.withheld,
    }


def _row(row: Row, *, by: bool) -> dict[str, Any]:
    return {
        "by": row.label if by else None,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "n": row.n,
        "method": row.estimate.method,
        "before": None if row.before is None or row.before.n == 0 else row.before.value,
        "change": _change(row.change),
        "against_rest": _change(row.against_rest),
        "split": {share.name: share.count for share in row.split} or None,
    }


def _change(change: Change | None) -> dict[str, Any] | None:
    return {"value": change.value, "p": change.p, "significant": change.significant} if change else None


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def table(result: Result) -> Iterator[list[object]]:
    """Header and lines for CSV."""
    yield [
        result.query.by.name if result.query.by else "",
        "value",
        "low",
        "high",
        "n",
        "before",
        "change",
        "p",
        "significant",
    ]
    for row in result.rows:
        change = row.change
        before = row.before.value if row.before and row.before.n else None
        yield [
            row.label,
            row.value,
            row.low,
            row.high,
            row.n,
            before,
            change and change.value,
            change and change.p,
            change and change.significant,
        ]
