"""The look of every chart: quiet axes, the page's own colours as CSS variables, no title."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

ACCENT, SOFT, LINE, STRONG, FAINT = (
    "var(--accent)",
    "var(--accent-soft)",
    "var(--line)",
    "var(--line-strong)",
    "var(--ink-3)",
)
TONES = {"good": "var(--good)", "mid": "var(--mid)", "bad": "var(--bad)", "": ACCENT}
CONFIG: dict[str, Any] = {
    "font": "Inter",
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "labelColor": "var(--ink-2)",
        "labelFontSize": 11.5,
        "labelPadding": 8,
        "title": None,
    },
}


def framed(*, width: int, height: int, values: list[dict[str, Any]], layer: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "padding": 2,
        "background": "transparent",
        "autosize": {"type": "fit", "contains": "padding"},
        "config": CONFIG,
        "data": {"values": values},
        "layer": layer,
    }


def ticks(low: float, high: float, *, about: int = 4) -> list[float]:
    """Round numbers that cover low … high: the first is at or below low, the last at or above high."""
    if high <= low:
        low, high = low - 1, high + 1
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (1 * power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def told_apart(low: float, high: float, number: Callable[[float], str], *, from_zero: bool = False) -> list[float]:
    """Ticks whose labels all differ: fewer of them, and where that is not enough a wider axis."""
    for _wider in range(60):
        for about in (4, 3, 2, 1):
            marks = ticks(low, high, about=about)
            if len({number(mark) for mark in marks}) == len(marks):
                return marks
        more = max((high - low) / 2, 1e-6)
        low, high = (low if from_zero else low - more), high + more
    return ticks(low, high)


def lookup(labels: dict[float, str]) -> str:
    """A Vega expression that labels exactly these values: no formatting in the browser, so the server's
    locale holds.
    """
    import json

    pairs = ",".join(f"{json.dumps(f'{value:g}')}:{json.dumps(text)}" for value, text in labels.items())
    return f"{{{pairs}}}[format(datum.value,'~g')] || ''"
