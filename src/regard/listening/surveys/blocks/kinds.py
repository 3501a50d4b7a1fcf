"""The kinds of questions as the editor offers them: a name, and when to use one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    key: str
    name: str | Promise
    when: str | Promise


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("nps", _("Recommendation"), _("0 to 10: about the whole relationship, a few times a year.")),
        Kind("csat", _("Satisfaction"), _("One moment, right after it: a delivery, a visit, a repair.")),
        Kind("ces", _("Effort"), _("Wherever customers have to get something done: support, changes, cancelling.")),
        Kind("expectation", _("Against expectation"), _("Whether a promise was kept: below, as or above what was expected.")),
        Kind("emotion", _("Emotion"), _("How it felt: where memory and telling others hang on feeling.")),
        Kind("matrix", _("Ratings in lines"), _("Several parts of one thing on the same scale; at most five lines on a phone.")),
        Kind("choice", _("Choice"), _("Causes and kinds that you know already; one, several or in order.")),
        Kind("text", _("Own words"), _("Why: right after a score, so that both stand together.")),
        Kind("number", _("Number"), _("Something that they can count: minutes waited, people in the household.")),
        Kind("date", _("Day"), _("When something happened or shall happen.")),
        Kind("consent", _("Consent"), _("Whether you may contact them for a purpose of your contact policy.")),
        Kind("contact", _("Call me back"), _("After a low score: how and when somebody may get in touch.")),
        Kind("file", _("Photo or file"), _("What words describe badly: damage, a bill, a screen. Kept apart, and never shown in a page.")),
        Kind("statement", _("Statement"), _("Something to read before they go on; nobody answers it.")),
    )
}  # fmt: skip
#: What a kind has beside a text, in the order in which it is asked for; all others are of every kind.
SETTINGS: dict[str, tuple[str, ...]] = {
    "nps": ("low", "high"), "csat": ("points", "look", "low", "high"), "ces": ("low", "high"), "matrix": ("rows", "points", "low", "high"),
    "choice": ("options", "how", "other", "shuffle", "most"), "text": ("comments", "long", "most"), "number": ("low", "high", "whole"),
    "consent": ("purpose",), "file": ("takes",),
}  # fmt: skip


def begun(kind: str) -> dict[str, Any]:
    """What a new question of a kind begins with."""
    given: dict[str, Any] = {"kind": kind, "text": {}}
    if kind == "choice":
        given["options"] = [{"id": "", "text": {}}, {"id": "", "text": {}}]
    if kind == "matrix":
        given["rows"] = [{"id": "", "text": {}}, {"id": "", "text": {}}]
    return given
