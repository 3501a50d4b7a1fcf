"""Lines of a tap → Singer messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from regard.connectors.taps.process import Line

_RECORD_HEAD = re.compile(rb'"type"\s*:\s*"RECORD"')
_STREAM_HEAD = re.compile(rb'"stream"\s*:\s*"((?:[^"\\]|\\.){1,300})"')


class Message(msgspec.Struct, gc=False):
    """Any message: which of the others are set depends on its type. Records stay raw until their stream is known."""

    type: str
    stream: str = ""
    record: msgspec.Raw = msgspec.Raw(b"")
    schema: dict[str, Any] | None = None
    key_properties: list[str] | None = None
    value: msgspec.Raw = msgspec.Raw(b"")


@dataclass(frozen=True)
class Garbage:
    """A line that is no message. One that was to be a record names its stream, so that it can be refused there."""

    line: Line
    stream: str
    problem: str


_decoder = msgspec.json.Decoder(Message)


def read(line: Line) -> Message | Garbage:
    if not line.cut:
        try:
            return _decoder.decode(line.data)
        except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError):
            pass
    head = line.data[:4_000]
    named = _STREAM_HEAD.search(head) if _RECORD_HEAD.search(head) else None
    stream = named.group(1).decode("utf-8", "replace") if named else ""
    if line.cut:
        return Garbage(line, stream, f"The record is {line.length / 1e6:,.0f} MB long; at most 16 MB are taken.")
    return Garbage(line, stream, "The record is no valid JSON; it may be cut off.")
