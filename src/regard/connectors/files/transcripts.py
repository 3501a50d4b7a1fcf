"""Conversations in JSON: which key of a record holds the turns, and the columns that they become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from regard.ledger.conversations import is_turn, read_turns, written

COLUMNS = ("text", "said", "seconds")


def turns_key(record: Mapping[str, msgspec.Raw]) -> str:
    """The key of which the value is a list of things said; "" without one."""
    return next((key for key, raw in record.items() if bytes(raw).startswith(b"[") and any(map(is_turn, _list(raw)[:20]))), "")


def cells(raw: msgspec.Raw | None) -> dict[str, str | None]:
    """The columns of one conversation."""
    text, properties = written(read_turns(_list(raw)))
    return {"text": text or None, "said": properties["said"] or None, "seconds": properties.get("seconds")}


def _list(raw: msgspec.Raw | None) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode(raw) if raw is not None else []
    except (msgspec.DecodeError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
