"""Segment's messages → rows. A request is decoded in one call; only one that does not fit is taken apart message by message."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from regard.ledger.inbox.models import Form
from regard.ledger.record.batch import Arrival
from regard.ledger.record.columns import ROWS
from regard.ledger.record.decoded import Decoded
from regard.ledger.record.refusals import Refusals

LARGEST_EVENT = 32_768
LONGEST_NAME = 512
#: A device's clock is corrected by `sentAt` only when it is off by more than the time a request may take on its way.
TOLERANCE = timedelta(seconds=60)
EARLIEST, LATEST_AHEAD = datetime(1990, 1, 1, tzinfo=UTC), timedelta(hours=26)
TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})


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


class _Context(msgspec.Struct, gc=False):
    traits: msgspec.Raw = msgspec.Raw(b"null")
    page: Any = None


class _Contact(msgspec.Struct, gc=False):
    email: Any = None
    phone: Any = None
    name: Any = None
    firstName: Any = None
    lastName: Any = None


_request = msgspec.json.Decoder(Request)
_pieces = msgspec.json.Decoder(Pieces)
_message = msgspec.json.Decoder(Message)
_context = msgspec.json.Decoder(_Context)
_contact = msgspec.json.Decoder(_Contact)
_EMPTY = (b"null", b"{}")


class Unusable(ValueError):
    """A message that cannot be used: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def decode(workspace: int, requests: Sequence[Arrival]) -> Decoded:
    """All messages of these requests. Raises nothing: what cannot be used is among the refused."""
    rows, refusals = _Rows(), Refusals()
    for request in requests:
        messages, sent_at = _messages(request, refusals)
        late = _lateness(sent_at, request.received)
        for position, message in messages:
            if not late and _add_plain(rows, request, position, message):
                continue
            try:
                _add(rows, request, position, message, late)
            except Unusable as reason:
                refusals.add(request.id, position, reason.code, str(reason), _as_it_came(request, position))
            except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
                refusals.add(
                    request.id,
                    position,
                    "unreadable",
                    f"This event cannot be read: {problem}.",
                    _as_it_came(request, position),
                )
    return Decoded(rows.table(), refusals.table())


@dataclass
class _Rows:
    """Columns that every row has as lists, those that few have by row number: most events are plain ones."""

    kind: list[str] = field(default_factory=list)
    inbox: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    id: list[bytes] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    event: list[str | None] = field(default_factory=list)
    properties: list[str | None] = field(default_factory=list)
    user_id: list[str | None] = field(default_factory=list)
    rare: dict[str, dict[int, str]] = field(default_factory=dict)

    def add_rare(self, **values: str | None) -> None:
        """To the row that was added last."""
        for name, value in values.items():
            if value is not None:
                self.rare.setdefault(name, {})[len(self.id) - 1] = value

    def table(self) -> pa.Table:
        count = len(self.id)
        zeros = {name: pa.array(np.zeros(count), ROWS.field(name).type) for name in ("part", "version")}
        dense = {
            name: getattr(self, name)
            for name in ("kind", "inbox", "position", "id", "at", "event", "properties", "user_id")
        }
        arrays = {name: pa.array(values, ROWS.field(name).type) for name, values in dense.items()} | zeros
        for name, values in self.rare.items():
            arrays[name] = pa.array([values.get(row) for row in range(count)], pa.string())
        return pa.Table.from_arrays([arrays.get(f.name, pa.nulls(count, f.type)) for f in ROWS], schema=ROWS)


def _add_plain(rows: _Rows, request: Arrival, position: int, m: Message) -> bool:
    """The usual event of a known user, in a few steps; False leaves anything else to `_add`, which also says what is wrong."""
    event, user, message_id, stamp = m.event, m.userId, m.messageId, m.timestamp
    if (
        m.type != "track" or m.anonymousId is not None
        or type(event) is not str or type(user) is not str or type(message_id) is not str or type(stamp) is not str
        or not 0 < len(event) <= LONGEST_NAME or not 0 < len(user) <= LONGEST_NAME or not 0 < len(message_id) <= LONGEST_NAME
        or not event.isprintable() or not user.isprintable() or not message_id.isprintable() or " " in message_id
        or event != event.strip() or user != user.strip()
    ):  # fmt: skip
        return False
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    properties = str(m.properties, "utf-8")
    if (
        at.tzinfo is None
        or not EARLIEST <= at <= request.received + LATEST_AHEAD
        or (properties[0] != "{" and properties != "null")
    ):
        return False
    rows.kind.append("interaction")
    rows.inbox.append(request.id)
    rows.position.append(position)
    rows.id.append(item_id(message_id))
    rows.at.append(at)
    rows.event.append(event)
    rows.properties.append(properties if len(properties) > 4 else None)
    rows.user_id.append(user)
    return True


def _messages(request: Arrival, refusals: Refusals) -> tuple[list[tuple[int, Message]], Any]:
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
    if all(len(bytes(piece)) <= LARGEST_EVENT for piece in pieces.batch):
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


def _one(request: Arrival, position: int, raw: bytes, refusals: Refusals) -> Message | None:
    if len(raw) > LARGEST_EVENT:
        detail = f"This event is {len(raw) / 1024:.0f} KB; at most 32 KB are taken."
        refusals.add(request.id, position, "too_large", detail, raw)
        return None
    try:
        return _message.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        refusals.add(request.id, position, "unreadable", f"This event cannot be read: {problem}.", raw)
        return None


def _sent_at(body: bytes) -> Any:
    class Sent(msgspec.Struct):
        sentAt: Any = None

    try:
        return msgspec.json.decode(body, type=Sent).sentAt
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _add(rows: _Rows, request: Arrival, position: int, m: Message, late: timedelta) -> None:
    """Any message. Raises Unusable, or what its reader raises, before anything of it is written."""
    kind = m.type
    if kind not in TYPES:
        raise Unusable("unknown_type", f"“{_cut(kind)}” is not a type of event; use one of {', '.join(sorted(TYPES))}.")
    user, anonymous = _id(m.userId, "userId"), _id(m.anonymousId, "anonymousId")
    if not user and not anonymous:
        raise Unusable("no_identity", "This event names nobody: give a userId or an anonymousId.")
    stamp = m.originalTimestamp if m.timestamp is None else m.timestamp
    at = _time(stamp, request.received)
    if late and stamp is not None:
        at += late
    if not EARLIEST <= at <= request.received + LATEST_AHEAD:
        raise Unusable("time_out_of_range", f"The time {at:%Y-%m-%d %H:%M} is before 1990 or more than a day ahead.")
    message_id = _id(m.messageId, "messageId")
    event, properties = _event(kind, m), bytes(m.properties)
    if properties in _EMPTY:
        properties = b""
    elif not properties.lstrip().startswith(b"{"):
        raise Unusable("bad_properties", "The properties must be a JSON object.")
    traits = _traits(m) if kind == "identify" else None
    email, phone, name = _contacts(traits) if traits else (None, None, None)
    previous = _id(m.previousId, "previousId") if kind == "alias" else None
    if kind == "alias" and not previous:
        raise Unusable("no_previous_id", "An alias needs a previousId: the id that this person had before.")
    text = properties.decode()
    rows.kind.append("interaction" if kind in ("track", "page", "screen") else kind)
    rows.inbox.append(request.id)
    rows.position.append(position)
    rows.id.append(item_id(message_id) if message_id else item_id(f"{request.id}/{position}", space="inbox"))
    rows.at.append(at)
    rows.event.append(event)
    rows.properties.append(text or None)
    rows.user_id.append(user)
    rows.add_rare(
        channel="web" if kind == "page" else "mobile" if kind == "screen" else None, anonymous_id=anonymous, email=email, phone=phone,
        name=name, traits=traits.decode() if traits else None, previous_id=previous,
    )  # fmt: skip


def item_id(message_id: str, *, space: str = "") -> bytes:
    """The 16 bytes by which an item is known in its workspace. `space` keeps made-up ids apart from given ones."""
    return blake2b(f"{space}\0{message_id}".encode(), digest_size=16).digest()


def _event(kind: str, m: Message) -> str | None:
    if kind == "track":
        if not isinstance(m.event, str) or not m.event.strip():
            raise Unusable("no_event", "A track call needs the name of its event.")
        if len(m.event) > LONGEST_NAME:
            raise Unusable(
                "name_too_long", f"The event's name has {len(m.event)} characters; at most {LONGEST_NAME} are taken."
            )
        return m.event.strip().replace("\0", "\ufffd")
    if kind in ("page", "screen"):
        label = "Viewed a page" if kind == "page" else "Viewed a screen"
        named = m.name if isinstance(m.name, str) and m.name.strip() else ""
        return f"{label}: {named.strip()}"[:LONGEST_NAME].replace("\0", "\ufffd") if named else label
    return None


def _id(value: Any, name: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable("bad_id", f"{name} must be a text or a number.")
    text = str(value).strip()
    if "\0" in text or len(text) > LONGEST_NAME:
        raise Unusable("bad_id", f"{name} holds a NUL or is longer than {LONGEST_NAME} characters.")
    return text or None


def _time(value: Any, received: datetime) -> datetime:
    if value is None or value == "":
        return received
    if isinstance(value, bool):
        raise Unusable("bad_time", "The timestamp must be ISO 8601, such as 2026-11-22T09:30:00Z.")
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, AttributeError):
        raise Unusable(
            "bad_time", f"“{_cut(value)}” is not a time; write it as ISO 8601, such as 2026-11-22T09:30:00Z."
        ) from None


def _lateness(sent_at: Any, received: datetime) -> timedelta:
    """How far the sender's clock is behind ours (negative: ahead); nothing within the tolerance."""
    if sent_at is None:
        return timedelta(0)
    try:
        late = received - _time(sent_at, received)
    except Unusable:
        return timedelta(0)
    return late if abs(late) > TOLERANCE else timedelta(0)


def _traits(m: Message) -> bytes | None:
    """RudderStack puts an identify's traits into the context."""
    traits = bytes(m.traits)
    if traits in _EMPTY and bytes(m.context) not in _EMPTY:
        traits = bytes(_context.decode(m.context).traits)
    if traits in _EMPTY:
        return None
    if not traits.lstrip().startswith(b"{"):
        raise Unusable("bad_traits", "The traits must be a JSON object.")
    msgspec.json.decode(traits)
    return traits


def _contacts(traits: bytes) -> tuple[str | None, str | None, str | None]:
    who = _contact.decode(traits)
    parts = (str(part) for part in (who.firstName, who.lastName) if isinstance(part, str) and part)
    name = who.name if isinstance(who.name, str) and who.name else " ".join(parts)
    email = who.email if isinstance(who.email, str) else None
    phone = str(who.phone) if isinstance(who.phone, str | int) and not isinstance(who.phone, bool) else None
    return email, phone, (name or "").replace("\0", "")[:200] or None


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _as_it_came(request: Arrival, position: int) -> bytes:
    """The message's own bytes: what we did not read of it is what its sender may need to see."""
    return bytes(take_apart(request.body).batch[position]) if request.form == Form.BATCH else request.body
