"""An entry of the timeline as a sentence: what happened, then its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regard.ledger.conversations import AGENT, CUSTOMER, SOMEBODY, SYSTEM, turns_of
from regard.ledger.feeling import of_scale
from regard.ledger.timeline.queries import Entry
from regard.web import numbers

METRICS = {
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "CES",
    "expectation": gettext_lazy("against expectation"),
    "emotion": gettext_lazy("emotion"),
}


@dataclass(frozen=True)
class Told:
    """One line: its dot's colour, its sentence, its text if any, and its tags."""

    at: datetime
    tone: str
    what: str
    score: str
    text: str
    tags: tuple[str, ...]
    facts: tuple[str, ...]
    #: Where it stands in the inbox, if a colleague wrote it down by hand.
    by_hand: int = 0
    #: A colleague's words, not the customer's: without quotation marks.
    words: bool = False
    #: Of a conversation, who said what; its text is how the customer began.
    turns: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Said:
    who: str
    text: str
    theirs: bool  # the customer's


_WHO = {
    CUSTOMER: gettext_lazy("Customer"), AGENT: gettext_lazy("Agent"), SYSTEM: gettext_lazy("System"), SOMEBODY: gettext_lazy("Somebody"),
}  # fmt: skip
_BEGIN = 160


def told(entry: Entry, colleagues: Mapping[int, str]) -> Told:
    """`colleagues` says who of us wrote which inbox row by hand."""
    by = colleagues.get(entry.inbox, "")
    turns = tuple(
        Said(str(_WHO.get(turn.who, turn.who)), turn.text, turn.who == CUSTOMER) for turn in turns_of(entry.text, entry.properties)
    )
    begun = next((turn.text for turn in turns if turn.theirs), turns[0].text if turns else "")
    return Told(
        at=entry.at,
        tone=entry.feeling or ("money" if entry.money is not None else ""),
        what=_what(entry, by),
        score=_score(entry),
        text=Truncator(begun).chars(_BEGIN) if turns else entry.text,
        turns=turns,
        tags=tuple(filter(None, (entry.channel, entry.outcome, entry.unit))),
        facts=_facts(entry),
        words=bool(by),
        by_hand=entry.inbox if by else 0,
    )


def _score(entry: Entry) -> str:
    return of_scale(entry.score, entry.scale_low, entry.scale_high)


def _what(entry: Entry, colleague: str) -> str:
    if entry.kind == "note":
        return _("%(colleague)s noted") % {"colleague": colleague or _("A colleague")}
    place = entry.touchpoint or entry.event or _("somewhere unmapped")
    if entry.kind == "answer" and entry.score is not None:
        return _("on %(metric)s, %(place)s") % {
            "metric": METRICS.get(entry.metric, entry.metric or _("a question")),
            "place": place,
        }
    if colleague:
        return _("%(place)s, logged by %(colleague)s") % {
            "place": entry.touchpoint or _("Contact"),
            "colleague": colleague,
        }
    if entry.touchpoint and entry.event and entry.event != entry.touchpoint:
        return f"{entry.touchpoint} · {entry.event}"
    return place


def _facts(entry: Entry) -> tuple[str, ...]:
    facts = []
    if entry.money is not None:
        facts.append(numbers.money(entry.money, entry.currency or "EUR"))
    if entry.duration is not None:
        facts.append(numbers.duration(entry.duration))
    if entry.handovers:
        facts.append(ngettext("handed over once", "handed over %(n)s times", entry.handovers) % {"n": entry.handovers})
    return tuple(facts)
