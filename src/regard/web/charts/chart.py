from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from regard.web.charts.paint import paint

Spec = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """One figure of a chart. `value` is None where nobody answered; `tone` is good, mid, bad or empty."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""
    tone: str = ""
    tick: str = ""
    n: int = 0


@dataclass(frozen=True)
class Chart:
    """A chart with its description and the table behind it, painted for a wide page and for a phone."""

    label: str
    specs: Mapping[str, Spec]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    _painted: dict[str, SafeString] = field(default_factory=dict, compare=False)

    @property
    def sizes(self) -> list[tuple[str, SafeString, SafeString]]:
        """Name, SVG and specification of each size."""
        return [(name, self._svg(name), _as_json(spec)) for name, spec in self.specs.items()]

    def _svg(self, name: str) -> SafeString:
        if name not in self._painted:
            self._painted[name] = paint(self.specs[name], name=name, label=self.label)
        return self._painted[name]


def in_both_sizes(make: Callable[[int], Spec], *, wide: int = 720, narrow: int = 340) -> dict[str, Spec]:
    return {"wide": make(wide), "narrow": make(narrow)}


def _as_json(spec: Spec) -> SafeString:
    text = json.dumps(spec, separators=(",", ":"), ensure_ascii=True)
    for sign, escaped in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        text = text.replace(sign, escaped)
    return mark_safe(text)  # noqa: S308 - JSON with the three signs of HTML escaped, as django's json_script does
