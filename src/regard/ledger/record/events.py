"""Segment's messages → rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec
import numpy as np
import pyarrow as pa

from regard.customers.identity.names import ACCOUNT
from regard.ledger.inbox.strike import DETAIL, ERASED, MARK
from regard.ledger.record.batch import Arrival
from regard.ledger.record.columns import ROWS
from regard.ledger.record.decoded import Decoded
from regard.ledger.record.fields import (
    EMPTY,
    LONGEST_NAME,
    Unusable,
    contacts,
    conversation_of,
    cut,
    event_name,
    group_of,
    identifier,
    lateness,
    moment,
    traits_of,
)
from regard.ledger.record.messages import Message, as_it_came, messages
from regard.ledger.record.refusals import Refusals

EARLIEST, LATEST_AHEAD = datetime(1990, 1, 1, tzinfo=UTC), timedelta(hours=26)
TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})


def decode(workspace: int, requests: Sequence[Arrival]) -> Decoded:
    """All messages of these requests. Raises nothing: what cannot be used is among the refused."""
    rows, refusals = _Rows(), Refusals()
    for request in requests:
        found, sent_at = messages(request, refusals)
        late = lateness(sent_at, request.received)
        for position, message in found:
            if not late and _add_plain(rows, request, position, message):
                continue
            try:
                _add(rows, request, position, message, late)
            except Unusable as reason:
                refusals.add(request.id, position, reason.code, str(reason), as_it_came(request, position))
            except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
                refusals.add(
                    request.id,
                    position,
                    "unreadable",
                    f"This event cannot be read: {problem}.",
                    as_it_came(request, position),
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
        properties = pa.array(dense.pop("properties"), pa.string()).dictionary_encode()
        arrays = {name: pa.array(values, ROWS.field(name).type) for name, values in dense.items()} | zeros
        arrays["properties"] = properties
        for name, values in self.rare.items():
            arrays[name] = pa.array([values.get(row) for row in range(count)], pa.string())
        return pa.Table.from_arrays([arrays.get(f.name, pa.nulls(count, f.type)) for f in ROWS], schema=ROWS)


def _add_plain(rows: _Rows, request: Arrival, position: int, m: Message) -> bool:
    """The usual event of a known user, in a few steps; False leaves anything else to `_add`, which also says what is wrong."""
    event, user, message_id, stamp = m.event, m.userId, m.messageId, m.timestamp
    if (
        m.type != "track" or m.anonymousId is not None or b'"groupId"' in bytes(m.context)
        or type(event) is not str or type(user) is not str or type(message_id) is not str or type(stamp) is not str
        or not 0 < len(event) <= LONGEST_NAME or not 0 < len(user) <= LONGEST_NAME or not 0 < len(message_id) <= LONGEST_NAME
        or not event.isprintable() or not user.isprintable() or not message_id.isprintable() or " " in message_id
        or event != event.strip() or user != user.strip()
        or b'"turns"' in bytes(m.properties)
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


def _add(rows: _Rows, request: Arrival, position: int, m: Message, late: timedelta) -> None:
    """Any message. Raises Unusable, or what its reader raises, before anything of it is written."""
    kind = m.type
    if kind == MARK:
        raise Unusable(ERASED, DETAIL)
    if kind not in TYPES:
        raise Unusable("unknown_type", f"“{cut(kind)}” is not a type of event; use one of {', '.join(sorted(TYPES))}.")
    user, anonymous = identifier(m.userId, "userId"), identifier(m.anonymousId, "anonymousId")
    group = group_of(m)
    if not user and not anonymous and not group:
        raise Unusable("no_identity", "This event names nobody: give a userId, an anonymousId or a groupId.")
    stamp = m.originalTimestamp if m.timestamp is None else m.timestamp
    at = moment(stamp, request.received)
    if late and stamp is not None:
        at += late
    if not EARLIEST <= at <= request.received + LATEST_AHEAD:
        raise Unusable("time_out_of_range", f"The time {at:%Y-%m-%d %H:%M} is before 1990 or more than a day ahead.")
    message_id = identifier(m.messageId, "messageId")
    event, properties = event_name(kind, m), bytes(m.properties)
    if properties in EMPTY:
        properties = b""
    elif not properties.lstrip().startswith(b"{"):
        raise Unusable("bad_properties", "The properties must be a JSON object.")
    traits = traits_of(m) if kind in ("identify", "group") else None
    email, phone, name = contacts(traits) if traits else (None, None, None)
    if kind == "group":
        email = phone = None  # of the account, not of whoever told us
    previous = identifier(m.previousId, "previousId") if kind == "alias" else None
    if kind == "alias" and not previous:
        raise Unusable("no_previous_id", "An alias needs a previousId: the id that this person had before.")
    text, said = properties.decode(), None
    if kind == "track" and '"turns"' in text:
        text, said = conversation_of(text)
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
        text=said, name=name, traits=traits.decode() if traits else None, previous_id=previous, keys=json.dumps({ACCOUNT: group}) if group else None,
    )  # fmt: skip


def item_id(message_id: str, *, space: str = "") -> bytes:
    """The 16 bytes by which an item is known in its workspace. `space` keeps made-up ids apart from given ones."""
    return blake2b(f"{space}\0{message_id}".encode(), digest_size=16).digest()
