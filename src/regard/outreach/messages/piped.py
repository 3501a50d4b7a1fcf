"""Words with something of the occasion in them: {{ score }}, {{ touchpoint }}, {{ name }}, a trait as {{ trait:plan }}."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_HOLE = re.compile(r"\{\{\s*([\w:. -]{1,80}?)\s*\}\}")
_TRAIT = "trait:"


def piped(text: str, values: Mapping[str, str]) -> str:
    """What is not known leaves nothing behind, nor what is typed into it a hole of its own."""
    return _HOLE.sub(lambda found: values.get(found[1], ""), text)


def holes(text: str, known: Collection[str]) -> list[str]:
    """Those that nothing can fill."""
    return [name for name in _HOLE.findall(text) if name not in known and not name.startswith(_TRAIT)]


def traits_in(text: str) -> list[str]:
    """What its holes ask of the traits of whoever reads it: whether there are such is another question."""
    return [name.removeprefix(_TRAIT) for name in _HOLE.findall(text) if name.startswith(_TRAIT)]
