"""Reading a request: its size, its key, its JSON. Only enough is understood to refuse it whole or to say how many events it holds."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any

import msgspec

from regard.ledger.record.messages import take_apart

LARGEST_REQUEST = 512_000


class Refused(Exception):
    """The whole request is refused: HTTP status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


TOO_LARGE = Refused(413, "request_too_large", "The request is larger than 500 KB. Send fewer events at a time.")


@dataclass(frozen=True)
class Read:
    items: int
    key: str


class _Batch(msgspec.Struct, gc=False):
    batch: list[msgspec.Raw]
    writeKey: Any = None
    api_key: Any = None


class _Single(msgspec.Struct, gc=False):
    writeKey: Any = None
    api_key: Any = None


_batch = msgspec.json.Decoder(_Batch)
_single = msgspec.json.Decoder(_Single)


def unzipped(body: bytes) -> bytes:
    """At most the largest request: a bomb is left as soon as it has swollen past it."""
    inflate = zlib.decompressobj(wbits=47)
    try:
        plain = inflate.decompress(body, LARGEST_REQUEST + 1)
    except zlib.error:
        raise Refused(400, "bad_gzip", "The body is marked as gzip but is not.") from None
    if len(plain) > LARGEST_REQUEST:
        raise TOO_LARGE
    if not inflate.eof:
        raise Refused(400, "bad_gzip", "The gzip body is cut short.")
    return plain


def read(form: str, body: bytes) -> Read:
    """How many events a body holds, and the key inside it. Raises Refused for what is not JSON of the right shape."""
    try:
        found = (_batch if form == "batch" else _single).decode(body)
    except msgspec.ValidationError:
        raise Refused(400, "bad_shape", _SHAPE[form == "batch"]) from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _read_leniently(form, body)
    key = next((key for key in (found.writeKey, found.api_key) if isinstance(key, str)), "")
    return Read(items=len(found.batch) if isinstance(found, _Batch) else 1, key=key)


_SHAPE = {True: "A batch is a JSON object with a list “batch”.", False: "The body must be one JSON object: the event."}


def _read_leniently(form: str, body: bytes) -> Read:
    """What strict readers refuse whole (NaN, half characters) but is JSON enough to take apart event by event."""
    try:
        lenient = json.loads(body)
        items = len(take_apart(body).batch) if form == "batch" else 1
    except (ValueError, RecursionError) as problem:
        raise Refused(400, "not_json", f"The body is not JSON: {str(problem)[:120]}.") from None
    if not isinstance(lenient, dict):
        raise Refused(400, "bad_shape", _SHAPE[form == "batch"])
    key = lenient.get("writeKey") or lenient.get("api_key")
    return Read(items=items, key=key if isinstance(key, str) else "")


def basic_key(header: bytes) -> str:
    """The user name of a Basic Authorization header: Segment's SDKs put the key there."""
    scheme, _, value = header.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip().decode("ascii", "replace")
    if scheme.lower() != b"basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[0]
    except (binascii.Error, ValueError):
        return ""
