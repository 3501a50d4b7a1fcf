"""Score columns → numbers on a known scale."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from regard.connectors.files.cells import Cells, by_distinct, one_of
from regard.connectors.files.import_map import SCALES, ColumnMap
from regard.connectors.files.numbers import to_numbers


@dataclass(frozen=True)
class Scored:
    """One score column: float64 scores (null: no answer), with metric and scale per row."""

    score: pa.Array
    metric: pa.Array
    low: pa.Array
    high: pa.Array


def scored(cells: Cells, column: ColumnMap) -> Scored:
    """Reads a score column. Cells that are no number, or outside the scale, make their rows refused."""
    size = len(cells)
    constants = cells.import_map.constants
    metric = _metric(cells, column)
    scale = column.scale or constants.scale
    text = cells.text(column.column)
    score = by_distinct(text, lambda distinct: _numbers(distinct, column, cells.import_map.reading.decimal))
    answered = pc.and_(pc.is_valid(text), pc.invert(one_of(text, column.not_applicable)))
    says = "is no number, and the map gives it no value"
    cells.fault(pc.and_(answered, pc.is_null(score)), code="bad_score", column=column.column, says=says)
    if scale:
        low, high = (pa.repeat(pa.scalar(bound, pa.int16()), size) for bound in scale)
    else:
        low, high = (_bound(metric, end) for end in (0, 1))
    unknown = pc.and_(pc.is_valid(score), pc.is_null(low))
    cells.fault(unknown, code="bad_metric", column=column.column, says="has no metric that Regard knows")
    outside = pc.or_(pc.less(score, pc.cast(low, pa.float64())), pc.greater(score, pc.cast(high, pa.float64())))
    reach = f"is outside the scale {scale[0]} to {scale[1]}" if scale else "is outside the scale of its metric"
    cells.fault(outside, code="off_scale", column=column.column, says=reach)
    broken = pc.and_(pc.equal(metric, "nps"), pc.not_equal(score, pc.round(score)))
    cells.fault(broken, code="off_scale", column=column.column, says="is no whole number, as NPS needs")
    return Scored(score=score, metric=metric, low=low, high=high)


def _numbers(distinct: pa.Array, column: ColumnMap, decimal: str) -> pa.Array:
    numbers = to_numbers(distinct, decimal=decimal)
    if column.values:
        words = pa.array([word.strip().casefold() for word in column.values], pa.string())
        values = pa.array(list(column.values.values()), pa.float64())
        places = pc.index_in(pc.utf8_lower(distinct), value_set=words, skip_nulls=True)
        numbers = pc.coalesce(values.take(places), numbers)
    return pc.if_else(one_of(distinct, column.not_applicable), None, numbers)


def _metric(cells: Cells, column: ColumnMap) -> pa.Array:
    named = column.metric or cells.import_map.constants.metric
    by_row = cells.import_map.each("metric")
    if column.metric or not by_row:
        return pa.repeat(pa.scalar(named, pa.string()), len(cells))
    words = pc.utf8_lower(cells.text(by_row[0].column))
    return pc.coalesce(words, pa.scalar(named, pa.string()))


def _bound(metric: pa.Array, end: int) -> pa.Array:
    bounds = pa.array([scale[end] for scale in SCALES.values()], pa.int16())
    return bounds.take(pc.index_in(metric, value_set=pa.array(list(SCALES), pa.string()), skip_nulls=True))
