from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regard.web.charts.chart import Chart, Point, in_both_sizes
from regard.web.charts.look import CONFIG, FAINT, STRONG, TONES, framed, told_apart
from regard.web.charts.trend import _array, _written


def dots(
    points: Sequence[Point],
    *,
    label: str,
    number: Callable[[float], str],
    reference: float | None = None,
    reference_label: str = "",
    wide: int = 1010,
) -> Chart:
    """One row a group: the figure as a dot, its 95 % interval as a line, and all groups together as a
    dashed rule.
    """
    shown = [point for point in points if point.value is not None]
    known = [value for point in shown for value in (point.low, point.value, point.high) if value is not None]
    known += [reference] if reference is not None else []
    marks = told_apart(min(known, default=0.0), max(known, default=1.0), number)
    values = [
        {
            "row": place,
            "value": point.value,
            "low": point.low,
            "high": point.high,
            "tone": TONES[point.tone or "mid"],
            "tip": point.text or f"{point.label}: {number(point.value or 0)}",
        }
        for place, point in enumerate(shown)
    ]
    names = [point.label for point in shown]

    def make(width: int) -> dict[str, Any]:
        layers = _layers(names, marks, number, width)
        if reference is not None:
            layers = _rule(reference, reference_label, len(shown), layers[0]["encoding"]) + layers
        return framed(width=width, height=max(len(shown), 1) * 34 + 44, values=values, layer=layers)

    return Chart(label=label, specs=in_both_sizes(make, wide=wide))


def _layers(names: list[str], marks: list[float], number: Callable[[float], str], width: int) -> list[dict[str, Any]]:
    limit = 190 if width > 500 else 110
    y = {
        "field": "row",
        "type": "quantitative",
        "scale": {"domain": [len(names) - 0.4, -0.6], "nice": False, "zero": False},
        "axis": {
            "values": list(range(len(names))),
            "grid": False,
            "labelOverlap": False,
            "labelLimit": limit,
            "labelPadding": 14,
            "labelExpr": f"{_array(names)}[datum.value]",
        },
    }
    scale = {"domain": [marks[0], marks[-1]], "nice": False, "zero": False}
    kept = marks if width > 500 else marks[:: max(1, len(marks) // 4)]
    x_axis = {
        "values": kept,
        "grid": False,
        "labelExpr": _written(marks, number),
        "labelColor": FAINT,
        "labelFlush": False,
    }
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": x_axis}
    tip = {"field": "tip", "type": "nominal"}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": FAINT},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "mark": {
                "type": "circle",
                "size": 165,
                "opacity": 1,
                "stroke": "var(--surface)",
                "strokeWidth": 2,
            },
            "encoding": {
                "y": y,
                "x": x,
                "color": {"field": "tone", "type": "nominal", "scale": None},
                "tooltip": tip,
            },
        },
    ]


def _rule(at: float, text: str, rows: int, shared: dict[str, Any]) -> list[dict[str, Any]]:
    data = {"values": [{"at": at, "text": text, "row": rows - 0.5}]}
    x, y = {**shared["x"], "field": "at"}, shared["y"]
    return [
        {"data": data, "mark": {"type": "rule", "color": STRONG, "strokeDash": [3, 4]}, "encoding": {"x": x}},
        {
            "data": data,
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 6,
                "fontSize": 11.5,
                "color": FAINT,
                "font": CONFIG["font"],
            },
            "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
        },
    ]
