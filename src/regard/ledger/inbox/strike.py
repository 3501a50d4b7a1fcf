"""Taking items out of an inbox row that is kept, and words out of the others.

A struck item stays in its place as an empty mark, so that the positions of its neighbours hold. Decoders refuse the mark with the
code ERASED, so that accepted + refused + repeated = sent still holds when the row is read again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from regard.ledger.inbox.models import Form

ERASED = "erased"
#: What a struck item of JSON is: in a batch, in a request of one call, among rows of Regard's own.
MARK = "$erased"
DETAIL = "Taken out: it was about somebody who was erased."
GONE = "[erased]"
_LARGEST_NUMBER = re.compile(r"\d+")

#: Words to be replaced in an item, and what they are replaced by.
Replace = Callable[[str], str]


@dataclass(frozen=True)
class Body:
    """How bodies of one form are changed and searched."""

    #: The body without these items; what is left passes through `replace`.
    strike: Callable[[bytes, Collection[int], Replace], bytes]
    #: Whether the pattern occurs in it.
    names: Callable[[bytes, re.Pattern[str]], bool]


def replacing(pattern: re.Pattern[str]) -> Replace:
    """A number becomes 0, so that JSON stays JSON; anything else is marked."""
    return lambda text: pattern.sub(lambda found: "0" if _LARGEST_NUMBER.fullmatch(found[0]) else GONE, text)


def unchanged(text: str) -> str:
    return text


def _batch(body: bytes, items: Collection[int], replace: Replace) -> bytes:
    from regard.ledger.record.messages import take_apart

    pieces = take_apart(body)
    kept = [
        json.dumps({"type": MARK}) if place in items else replace(bytes(piece).decode("utf-8", "replace"))
        for place, piece in enumerate(pieces.batch)
    ]
    return f'{{"batch":[{",".join(kept)}],"sentAt":{json.dumps(pieces.sentAt)}}}'.encode()


def _single(body: bytes, items: Collection[int], replace: Replace) -> bytes:
    return json.dumps({"type": MARK}).encode() if items else replace(body.decode("utf-8", "replace")).encode()


def _rows(body: bytes, items: Collection[int], replace: Replace) -> bytes:
    rows: list[Any] = json.loads(body)
    kept = [
        {"kind": MARK} if place in items else json.loads(replace(json.dumps(row))) for place, row in enumerate(rows)
    ]
    return json.dumps(kept).encode()


def _in_text(body: bytes, pattern: re.Pattern[str]) -> bool:
    return pattern.search(body.decode("utf-8", "replace")) is not None


#: Files are of connectors, who enter how their chunks are changed (`site/wiring.py`).
BODIES: dict[str, Body] = dict.fromkeys(Form.values, Body(_single, _in_text)) | {
    Form.BATCH: Body(_batch, _in_text),
    Form.ROWS: Body(_rows, _in_text),
}
