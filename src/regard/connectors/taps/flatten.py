"""Nested records → columns of text: `address.city` becomes `address__city`, lists stay JSON."""

from __future__ import annotations

from typing import Any

import msgspec

DEEPEST = 6
MOST_COLUMNS = 2_000
BETWEEN = "__"

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_string = msgspec.json.Decoder(str)

#: A column's way through the record; the value says whether it opens further.
Shape = dict[str, Any]


class BrokenRecord(ValueError):
    """Not an object, or it holds a text that is none."""


def shape_of(schema: dict[str, Any] | None, depth: int = 1) -> Shape:
    """Which properties are objects whose own properties are declared: only these are opened, so that free-form ones make no endless columns."""
    found: Shape = {}
    for name, declared in _properties(schema).items():
        inner = _object_in(declared)
        found[name] = shape_of(inner, depth + 1) if inner and depth < DEEPEST else None
    return found


def columns_of(schema: dict[str, Any] | None, prefix: str = "", depth: int = 1) -> dict[str, str]:
    """Column → type, as a schema declares them."""
    found: dict[str, str] = {}
    for name, declared in _properties(schema).items():
        inner = _object_in(declared)
        if inner and depth < DEEPEST:
            found |= columns_of(inner, f"{prefix}{name}{BETWEEN}", depth + 1)
        elif prefix or not _ours(name):
            found[_plain(prefix + name)] = _type(declared)
    return found


def flat(record: msgspec.Raw | bytes, shape: Shape) -> dict[str, str | None]:
    """The record's cells: text as it is, numbers as they are written, what is not opened as its JSON. Raises BrokenRecord."""
    found: dict[str, str | None] = {}
    try:
        _open(bytes(record), shape, "", found)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError, RecursionError) as error:
        raise BrokenRecord(f"The record cannot be read: {error}.") from error
    return found


def _open(data: bytes, shape: Shape, prefix: str, found: dict[str, str | None]) -> None:
    for name, raw in _object.decode(data).items():
        value = bytes(raw).strip()
        inner = shape.get(name)
        if inner and value.startswith(b"{"):
            _open(value, inner, f"{prefix}{name}{BETWEEN}", found)
        elif not _ours(name) or prefix:
            found[_plain(prefix + name)] = _cell(value)


def _cell(value: bytes) -> str | None:
    if value == b"null":
        return None
    text = _string.decode(value) if value.startswith(b'"') else value.decode()
    return text.replace("\0", "\ufffd")


def _plain(name: str) -> str:
    return " ".join(name.replace("\0", "\ufffd").split())[:300] or "column"


def _ours(name: str) -> bool:
    """What the toolkit of many taps adds by itself (when it fetched the record): it changes with every run."""
    return name.startswith("_sdc_") and name != "_sdc_deleted_at"


def _properties(schema: dict[str, Any] | None) -> dict[str, Any]:
    found = (schema or {}).get("properties")
    return found if isinstance(found, dict) else {}


def _object_in(declared: Any) -> dict[str, Any] | None:
    """The object that a property may be, with declared properties of its own."""
    if not isinstance(declared, dict):
        return None
    for one in (declared, *_alternatives(declared)):
        if isinstance(one, dict) and _properties(one):
            return one
    return None


def _alternatives(declared: dict[str, Any]) -> list[Any]:
    return [one for name in ("anyOf", "oneOf") for one in declared.get(name) or []]


def _type(declared: Any) -> str:
    if not isinstance(declared, dict):
        return "any"
    kinds: set[str] = set()
    for one in (declared, *_alternatives(declared)):
        kind = one.get("type") if isinstance(one, dict) else None
        kinds |= set(kind) if isinstance(kind, list) else {kind} if kind else set()
    return "/".join(sorted(str(kind) for kind in kinds - {"null"})) or "any"
