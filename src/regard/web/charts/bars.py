from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regard.web.charts.chart import Chart, Point, in_both_sizes
from regard.web.charts.look import TONES, framed, told_apart
from regard.web.charts.trend import _array, _written, _x_axis


def bars(
    points: Sequence[Point],
    *,
    label: str,
    number: Callable[[float], str],
    rows: bool = False,
    wide: int = 1010,
) -> Chart:
    """Amounts as bars: over time (upright), or one row a group (`rows`)."""
    marks = told_apart(0.0, max((point.value or 0.0 for point in points), default=1.0), number, from_zero=True)
    values = [
        {
            "place": place,
            "from": place - 0.36,
            "to": place + 0.36,
            "zero": 0,
            "value": point.value or 0,
            "tone": TONES[point.tone],
            "tip": point.text or f"{point.label}: {number(point.value or 0)}",
        }
        for place, point in enumerate(points)
    ]

    def make(width: int) -> dict[str, Any]:
        height = len(points) * 30 + 40 if rows else 200
        return framed(width=width, height=height, values=values, layer=[_layer(points, marks, number, width, rows)])

    table = tuple((point.label, "–" if point.value is None else number(point.value)) for point in points)
    return Chart(label=label, specs=in_both_sizes(make, wide=wide), columns=("", label), rows=table)


def _layer(
    points: Sequence[Point], marks: list[float], number: Callable[[float], str], width: int, rows: bool
) -> dict[str, Any]:
    amount: dict[str, Any] = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, marks[-1]], "nice": False},
        "axis": {"values": marks, "labelExpr": _written(marks, number), "grid": not rows},
    }
    ends = [len(points) - 0.5, -0.5] if rows else [-0.5, max(len(points), 1) - 0.5]
    names = [point.tick or point.label for point in points]
    axis: dict[str, Any] = _x_axis(names, width)
    if rows:
        axis = {
            "values": list(range(len(points))),
            "grid": False,
            "labelExpr": f"{_array(names)}[datum.value]",
            "labelLimit": 190 if width > 500 else 110,
        }
    place: dict[str, Any] = {
        "field": "from",
        "type": "quantitative",
        "scale": {"domain": ends, "nice": False, "zero": False},
        "axis": axis,
    }
    shared = {
        "color": {"field": "tone", "type": "nominal", "scale": None},
        "tooltip": {"field": "tip", "type": "nominal"},
    }
    zero = {"field": "zero"}
    along = (
        {"y": place, "y2": {"field": "to"}, "x": amount, "x2": zero}
        if rows
        else {"x": place, "x2": {"field": "to"}, "y": amount, "y2": zero}
    )
    return {"mark": {"type": "rect", "cornerRadius": 2, "opacity": 1}, "encoding": {**along, **shared}}
