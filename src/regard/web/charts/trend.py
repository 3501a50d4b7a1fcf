from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from regard.web.charts.chart import Chart, Point, in_both_sizes
from regard.web.charts.look import ACCENT, SOFT, STRONG, framed, told_apart


def trend(
    points: Sequence[Point],
    *,
    label: str,
    number: Callable[[float], str],
    columns: tuple[str, ...] = (),
    within: tuple[float, float] | None = None,
    wide: int = 1010,
    height: int = 260,
    notes: Sequence[tuple[float, str]] = (),
) -> Chart:
    """A line over time with its 95 % band. A period without answers breaks the line. `notes`: what changed, and at which place of the points
    (between two of them: a fraction).

    `number` writes a figure for axis and table; `within` are the bounds that the metric cannot leave.
    """
    known = [value for point in points for value in (point.low, point.value, point.high) if value is not None] or [
        0.0,
        1.0,
    ]
    marks = told_apart(*_room(min(known), max(known), within), number)
    if within:
        marks = [mark for mark in marks if within[0] <= mark <= within[1]] or marks
    values = [
        {
            "x": place,
            "y": point.value,
            "low": point.low,
            "high": point.high,
            "tip": point.text or f"{point.label}: {point.value}",
        }
        for place, point in enumerate(points)
    ]
    every = [point.tick or point.label for point in points]

    def make(width: int) -> dict[str, Any]:
        return framed(
            width=width,
            height=height if width > 500 else 200,
            values=values,
            layer=[*_layers(every, marks, number, width), *_notes(notes, every, width)],
        )

    rows = tuple(
        (
            point.label,
            "–" if point.value is None else number(point.value),
            _interval(point, number),
            str(point.n),
        )
        for point in points
    )
    heads = columns or (_("Period"), _("Value"), _("95 % interval"), _("Answers"))
    return Chart(label=label, specs=in_both_sizes(make, wide=wide), columns=heads, rows=rows)


def _room(low: float, high: float, within: tuple[float, float] | None) -> tuple[float, float]:
    """Values nearly equal are not blown up: the axis shows a twentieth of what is possible, or more."""
    if within is None or within[1] - within[0] > 1e6:
        return low, high
    least, middle = (within[1] - within[0]) / 20, (low + high) / 2
    return min(low, middle - least / 2), max(high, middle + least / 2)


def _layers(every: list[str], marks: list[float], number: Callable[[float], str], width: int) -> list[dict[str, Any]]:
    x = _x(every, width)
    scale = {"domain": [marks[0], marks[-1]], "nice": False, "zero": False}
    y_axis = {"values": marks, "labelExpr": _written(marks, number)}
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": y_axis}
    low = {**y, "field": "low"}
    has = [{"filter": "isValid(datum.y)"}]
    return [
        {
            "mark": {"type": "area", "color": SOFT, "opacity": 1, "interpolate": "linear"},
            "encoding": {"x": x, "y": low, "y2": {"field": "high"}},
        },
        {
            "mark": {
                "type": "line",
                "color": ACCENT,
                "strokeWidth": 2.2,
                "interpolate": "linear",
                "invalid": "break-paths-show-domains",
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "transform": has,
            "mark": {"type": "point", "size": 420, "filled": True, "opacity": 0, "color": ACCENT},
            "encoding": {"x": x, "y": y, "tooltip": {"field": "tip", "type": "nominal"}},
        },
    ]


def _notes(notes: Sequence[tuple[float, str]], every: list[str], width: int) -> list[dict[str, Any]]:
    if not notes:
        return []
    x, tip = _x(every, width), {"field": "tip", "type": "nominal"}
    return [
        {
            "data": {"values": [{"x": place, "tip": text} for place, text in notes]},
            "mark": {"type": "rule", "color": STRONG, "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": {"x": x, "tooltip": tip},
        }
    ]


def _x(every: list[str], width: int) -> dict[str, Any]:
    scale = {"domain": [0, max(len(every) - 1, 1)], "nice": False}
    return {"field": "x", "type": "quantitative", "axis": _x_axis(every, width), "scale": scale}


def _x_axis(every: list[str], width: int) -> dict[str, Any]:
    """A label where it differs from the one before it, and no more than fit."""
    new = [place for place, text in enumerate(every) if place == 0 or text != every[place - 1]]
    fit = max(2, width // 62)
    step = -(-len(new) // fit)
    shown = new[::step]
    if len(shown) > 1 and shown[0] == 0 and (shown[1] - shown[0]) * width / max(len(every), 1) < 40:
        shown = shown[1:]
    texts = [text if place in shown else "" for place, text in enumerate(every)]
    return {
        "values": shown,
        "grid": False,
        "labelExpr": f"{_array(texts)}[datum.value]",
        "labelFlush": False,
        "labelOverlap": False,
        "labelAlign": "left" if shown and shown[0] == 0 and len(every) > 8 else "center",
    }


def _array(texts: list[str]) -> str:
    import json

    return json.dumps(texts, ensure_ascii=False)


def _written(marks: list[float], number: Callable[[float], str]) -> str:
    step = marks[1] - marks[0] if len(marks) > 1 else 1
    return f"{_array([number(mark) for mark in marks])}[round((datum.value - {marks[0]}) / {step})]"


def _interval(point: Point, number: Callable[[float], str]) -> str:
    if point.low is None or point.high is None:
        return "–"
    return _("%(low)s to %(high)s") % {"low": number(point.low), "high": number(point.high)}
