"""A chain of entries: each holds the hash of the one before it, so that nothing can be changed, left out or put in between unseen.

SHA-256 over the hash of the entry before ("" for the first) and the entry itself as canonical JSON (sorted keys, no spaces, UTF-8).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def digest(previous: str, entry: Mapping[str, Any]) -> str:
    content = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


def chained(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each with its place (from 1) and its hash."""
    found: list[dict[str, Any]] = []
    previous = ""
    for place, entry in enumerate(entries, start=1):
        made = {"n": place, **entry}
        made["hash"] = previous = digest(previous, made)
        found.append(made)
    return found


def first_broken(entries: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the first entry that does not follow from the one before it; None when the chain holds."""
    previous = ""
    for place, entry in enumerate(entries, start=1):
        if entry.get("n") != place or entry.get("hash") != digest(previous, entry):
            return place
        previous = str(entry["hash"])
    return None
