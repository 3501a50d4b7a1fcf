"""A request's messages: decoded in one call; only a request that does not fit is taken apart message by message."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from regard.ledger.inbox.models import Form
from regard.ledger.record.batch import Arrival
from regard.ledger.record.refusals import Refusals

LARGEST_EVENT = 32_768


class Message(msgspec.Struct, gc=False):
    type: str = ""
    event: Any = None
    name: Any = None
    messageId: Any = None
    userId: Any = None
    anonymousId: Any = None
    previousId: Any = None
    groupId: Any = None
    timestamp: Any = None
    originalTimestamp: Any = None  # what RudderStack's browser and mobile libraries say instead
    properties: msgspec.Raw = msgspec.Raw(b"null")
    traits: msgspec.Raw = msgspec.Raw(b"null")
    context: msgspec.Raw = msgspec.Raw(b"null")


class Request(msgspec.Struct, gc=False):
    batch: list[Message]
    sentAt: Any = None


class Pieces(msgspec.Struct, gc=False):
    batch: list[msgspec.Raw]
    sentAt: Any = None


class _Sent(msgspec.Struct, gc=False):
    sentAt: Any = None


_request = msgspec.json.Decoder(Request)
_pieces = msgspec.json.Decoder(Pieces)
_message = msgspec.json.Decoder(Message)
_sent = msgspec.json.Decoder(_Sent)


def messages(request: Arrival, refusals: Refusals) -> tuple[list[tuple[int, Message]], Any]:
    if request.form != Form.BATCH:
        single = _one(request, 0, request.body, refusals)
        if single:
            single.type = single.type or request.form
        sent_at = _sent_at(request.body)
        return ([(0, single)] if single else []), sent_at
    if len(request.body) <= LARGEST_EVENT:
        try:
            whole = _request.decode(request.body)
            return list(enumerate(whole.batch)), whole.sentAt
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass  # one message spoils it: find out which
    pieces = take_apart(request.body)
    if not any(_too_large(bytes(piece)) for piece in pieces.batch):
        try:
            return list(enumerate(_request.decode(request.body).batch)), pieces.sentAt
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass
    messages = (
        (position, _one(request, position, bytes(piece), refusals)) for position, piece in enumerate(pieces.batch)
    )
    return [(position, message) for position, message in messages if message], pieces.sentAt


def take_apart(body: bytes) -> Pieces:
    """The messages of a batch, unread. Half characters (a lone \\ud800) and NaN spoil one message, not its neighbours.

    Raises ValueError when the body is not JSON or has no list `batch`.
    """
    try:
        return _pieces.decode(body)
    except msgspec.ValidationError:
        raise
    except (msgspec.MsgspecError, ValueError, RecursionError):
        lenient = json.loads(body)  # Python's reader lets both pass
    if not isinstance(lenient, dict) or not isinstance(lenient.get("batch"), list):
        raise ValueError("there is no list “batch”")
    pieces = [msgspec.Raw(json.dumps(piece).encode()) for piece in lenient["batch"]]
    return Pieces(batch=pieces, sentAt=lenient.get("sentAt"))


def _too_large(raw: bytes) -> bool:
    """What was said in a long call may fill a whole request."""
    return len(raw) > LARGEST_EVENT and b'"turns"' not in raw


def _one(request: Arrival, position: int, raw: bytes, refusals: Refusals) -> Message | None:
    if _too_large(raw):
        detail = f"This event is {len(raw) / 1024:.0f} KB; at most 32 KB are taken."
        refusals.add(request.id, position, "too_large", detail, raw)
        return None
    try:
        return _message.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        refusals.add(request.id, position, "unreadable", f"This event cannot be read: {problem}.", raw)
        return None


def _sent_at(body: bytes) -> Any:
    try:
        return _sent.decode(body).sentAt
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def as_it_came(request: Arrival, position: int) -> bytes:
    """The message's own bytes: what we did not read of it is what its sender may need to see."""
    return bytes(take_apart(request.body).batch[position]) if request.form == Form.BATCH else request.body
