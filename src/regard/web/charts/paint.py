"""From a specification to SVG that a strict Content-Security-Policy allows and that follows the reader's
theme.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

VEGA_LITE = "6.4"
_NOISE = re.compile(r' (?:role|aria-[a-z]+|style|xmlns:xlink|font-family|pointer-events|tabindex)="[^"]*"')
_EMPTY = re.compile(r'<path class="(?:foreground|background)"[^>]*?/>')
_SIZE = re.compile(r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+" ([^>]*)>', re.DOTALL)
_LONG = re.compile(r"(\d+\.\d{2})\d+")


def paint(spec: dict[str, Any], *, name: str, label: str) -> SafeString:
    """The SVG of a specification. Colours are CSS variables (`var(--accent)`), so it needs no second
    version for the dark.
    """
    svg = _painted(json.dumps(spec, sort_keys=True))
    head = f'<svg class="{name}-only" data-size="{name}" role="img" aria-label="{escape(label)}" '
    return mark_safe(svg.replace("<svg ", head, 1))  # noqa: S308 - Vega escapes its texts, the label is escaped here


@lru_cache(maxsize=512)
def _painted(spec: str) -> str:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    svg = _SIZE.sub(r"<svg \1\2>", svg, count=1)
    svg = _NOISE.sub("", _EMPTY.sub("", svg)).replace('class="marks"', "").replace('version="1.1"', "")
    return _LONG.sub(r"\1", svg)


def warm() -> None:
    """Paint something, so that the first visitor does not wait for the engine to start (about half a
    second).
    """
    from regard.web.charts.look import framed

    mark = {"mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}}
    paint(framed(width=10, height=10, values=[{"x": 1}], layer=[mark]), name="wide", label="")
