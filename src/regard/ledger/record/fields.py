"""Single values of a message: ids, names, times, traits; each says what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from regard.ledger.conversations import is_turn, read_turns, written
from regard.ledger.record.messages import Message

LONGEST_NAME = 512
#: A device's clock is corrected by `sentAt` only when it is off by more than the time a request may take on its way.
TOLERANCE = timedelta(seconds=60)
EMPTY = (b"null", b"{}")


class _Context(msgspec.Struct, gc=False):
    traits: msgspec.Raw = msgspec.Raw(b"null")
    page: Any = None
    groupId: Any = None


class _Contact(msgspec.Struct, gc=False):
    email: Any = None
    phone: Any = None
    name: Any = None
    firstName: Any = None
    lastName: Any = None


_context = msgspec.json.Decoder(_Context)
_contact = msgspec.json.Decoder(_Contact)


class Unusable(ValueError):
    """A message that cannot be used: a code for programs, a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def event_name(kind: str, m: Message) -> str | None:
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


def identifier(value: Any, name: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unusable("bad_id", f"{name} must be a text or a number.")
    text = str(value).strip()
    if "\0" in text or len(text) > LONGEST_NAME:
        raise Unusable("bad_id", f"{name} holds a NUL or is longer than {LONGEST_NAME} characters.")
    return text or None


def moment(value: Any, received: datetime) -> datetime:
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
            "bad_time", f"“{cut(value)}” is not a time; write it as ISO 8601, such as 2026-11-22T09:30:00Z."
        ) from None


def lateness(sent_at: Any, received: datetime) -> timedelta:
    """How far the sender's clock is behind ours (negative: ahead); nothing within the tolerance."""
    if sent_at is None:
        return timedelta(0)
    try:
        late = received - moment(sent_at, received)
    except Unusable:
        return timedelta(0)
    return late if abs(late) > TOLERANCE else timedelta(0)


def traits_of(m: Message) -> bytes | None:
    """RudderStack puts an identify's traits into the context."""
    traits = bytes(m.traits)
    if traits in EMPTY and bytes(m.context) not in EMPTY:
        traits = bytes(_context.decode(m.context).traits)
    if traits in EMPTY:
        return None
    if not traits.lstrip().startswith(b"{"):
        raise Unusable("bad_traits", "The traits must be a JSON object.")
    msgspec.json.decode(traits)
    return traits


def group_of(m: Message) -> str | None:
    """The account that an event belongs to: of a `group` call, or of the context of any other."""
    given = m.groupId
    if given is None and b'"groupId"' in bytes(m.context):
        given = _context.decode(m.context).groupId
    return identifier(given, "groupId")


def conversation_of(properties: str) -> tuple[str, str | None]:
    """The properties with their `turns` as the ledger keeps them, and the text of the conversation; of other properties called so, nothing."""
    found = msgspec.json.decode(properties, type=dict[str, Any])
    turns = found.get("turns")
    if not isinstance(turns, list):
        return properties, None
    if not all(is_turn(turn) for turn in turns):
        raise Unusable("bad_turns", "turns must be a list of objects with what was said as `text`, and `who` said it.")
    text, said = written(read_turns(turns))
    del found["turns"]
    return msgspec.json.encode(found | said).decode(), text.replace("\0", "\ufffd") or None


def contacts(traits: bytes) -> tuple[str | None, str | None, str | None]:
    who = _contact.decode(traits)
    parts = (str(part) for part in (who.firstName, who.lastName) if isinstance(part, str) and part)
    name = who.name if isinstance(who.name, str) and who.name else " ".join(parts)
    email = who.email if isinstance(who.email, str) else None
    phone = str(who.phone) if isinstance(who.phone, str | int) and not isinstance(who.phone, bool) else None
    return email, phone, (name or "").replace("\0", "")[:200] or None


def cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"
