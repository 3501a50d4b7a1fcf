"""Calls, chats and e-mails as the ledger keeps them: `text` has one line for each turn, and the property `said` one letter a line for who
said it, so that a word taken out of the text leaves the rest where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

CUSTOMER, AGENT, SYSTEM, SOMEBODY = "c", "a", "s", "u"
#: What systems call whoever speaks.
_CALLED = {
    CUSTOMER: ("customer", "client", "user", "caller", "visitor", "consumer", "end user", "enduser", "guest", "human", "contact", "buyer", "patient"),
    AGENT: ("agent", "advisor", "adviser", "operator", "representative", "rep", "staff", "support", "employee", "admin", "callee", "teammate"),
    SYSTEM: ("system", "bot", "ivr", "assistant", "ai", "machine", "automation"),
}  # fmt: skip
_LETTERS = {name: letter for letter, names in _CALLED.items() for name in names}
#: SQL over `ledger`: what the customer said, of a conversation; "" of anything else.
WORDS = (
    "if(kind = 'interaction' and text != '' and JSONHas(properties, 'said'), arrayStringConcat(arrayFilter((line, place) -> "
    f"substring(JSONExtractString(properties, 'said'), place, 1) = '{CUSTOMER}', splitByChar('\\n', text), "
    "arrayEnumerate(splitByChar('\\n', text))), ' '), '')"
)


@dataclass(frozen=True)
class Turn:
    """What one of them said in one go. `seconds` from the beginning, where it is known."""

    who: str
    text: str
    seconds: float | None = None


def who(called: object) -> str:
    """The letter of a role or the name of one: “Agent 2” is an agent. Somebody, where it is not known."""
    plain = " ".join(str(called or "").casefold().replace("-", " ").replace("_", " ").split())
    return _LETTERS.get(plain) or _LETTERS.get(plain.rstrip("0123456789 ")) or SOMEBODY


def written(turns: Iterable[Turn]) -> tuple[str, dict[str, str]]:
    """The text, and the properties that go with it. Empty turns are left out."""
    said = [Turn(turn.who, " ".join(turn.text.split()), turn.seconds) for turn in turns]
    said = [turn for turn in said if turn.text]
    properties = {"said": "".join(turn.who for turn in said)}
    if any(turn.seconds is not None for turn in said):
        properties["seconds"] = ",".join("" if turn.seconds is None else f"{turn.seconds:g}" for turn in said)
    return "\n".join(turn.text for turn in said), properties


_WHO = ("who", "speaker", "role", "participant", "author", "sender", "from", "channel")
_TEXT = ("text", "content", "body", "message", "utterance", "transcript", "sentence")
_WHEN = ("seconds", "start", "start_time", "startTime", "offset", "begin", "at", "time", "timestamp", "created_at", "createdAt")


def is_turn(one: object) -> bool:
    return isinstance(one, dict) and _of(one, _TEXT) is not None


def read_turns(found: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    """Of what systems send of a conversation, by the names that they have for who, what and when."""
    begun = next((moment for one in found if (moment := _moment(_of(one, _WHEN))) is not None), 0.0)
    for one in found:
        speaker = _of(one, _WHO)
        if speaker is None:  # {"author": {"type": "user"}}
            nested: Mapping[str, Any] = next((one[name] for name in _WHO if isinstance(one.get(name), dict)), {})
            speaker = _of(nested, ("role", "type", "kind", "name"))
        moment = _moment(_of(one, _WHEN))
        since = None if moment is None else round(moment - (begun if begun > 86_400 else 0.0), 3)  # of a clock, or from the start
        yield Turn(who(speaker), str(_of(one, _TEXT) or ""), since)


def _of(turn: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((turn[name] for name in names if isinstance(turn.get(name), str | int | float)), None)


def _moment(value: Any) -> float | None:
    """Seconds, of the conversation or since 1970."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            value = _number(value)
    if value is None or not isfinite(value):
        return None
    return value / 1000 if value > 1e11 else float(value)


def turns_of(text: str, properties: Mapping[str, Any]) -> list[Turn]:
    """Who said what, of a row of the ledger; nothing where it is no conversation."""
    said = properties.get("said")
    if not isinstance(said, str) or not said or not text:
        return []
    seconds = str(properties.get("seconds") or "").split(",")
    return [
        Turn(
            said[place] if place < len(said) else SOMEBODY,
            line,
            _number(seconds[place]) if place < len(seconds) else None,
        )
        for place, line in enumerate(text.split("\n"))
    ]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
