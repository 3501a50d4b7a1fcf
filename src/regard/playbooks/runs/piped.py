"""Words with something of the occasion in them: {{ score }}, {{ touchpoint }}, {{ name }}."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HOLE = re.compile(r"\{\{\s*([\w:. -]{1,80}?)\s*\}\}")
#: What can stand in the holes; a trait as {{ trait:plan }}.
KNOWN = ("name", "score", "touchpoint", "unit", "channel", "words", "case", "company")


def piped(text: str, values: Mapping[str, str]) -> str:
    """What is not known leaves nothing behind, nor what is typed into it a hole of its own."""
    return _HOLE.sub(lambda found: values.get(found[1], ""), text)


def holes(text: str) -> list[str]:
    """Those that nothing can fill."""
    return [name for name in _HOLE.findall(text) if name not in KNOWN and not name.startswith("trait:")]
