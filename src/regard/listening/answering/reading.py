"""What a respondent sent, as an answer: the same rules for every channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from regard.listening.answering.phrases import phrases
from regard.listening.surveys.definition import (
    Choice,
    Consent,
    Contact,
    Date,
    File,
    Matrix,
    Number,
    Text,
)
from regard.listening.surveys.flow import number, scale

OTHER = "other"
_LONGEST = 200


class Unfit(ValueError):
    """With a sentence for the respondent, by its key among the phrases."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values

    def said(self, language: str) -> str:
        return phrases(language)[self.key].format(**self.values)


def read(question: Any, given: Mapping[str, Sequence[str]]) -> Any:
    """The answer to a question among the fields of a form, named by its id; None when nothing was answered. Raises Unfit.

    Scores are whole numbers. A choice of one is its option's id, of several a list of them, in order where they are ranked; own words
    stand beside as {"other": …}. A matrix is {row: score}, a contact {"reach": …, "when": …}, a file {"file": …} with the number it was kept under.
    """
    first = (given.get(question.id) or [""])[0].strip()
    match question:
        case Matrix():
            return _matrix(question, given)
        case Choice():
            return _choice(question, given)
        case Text():
            return _text(first, question.most)
        case Number():
            return _number(question, first)
        case Date():
            return _date(first)
        case Consent():
            return True if first == "yes" else False if first == "no" else None
        case Contact():
            return _contact(question, given)
        case File():
            return _file(first)
    if scale(question) is None:
        return None
    return _score(question, first)


def check(question: Any, answer: Any) -> None:
    """Raises Unfit for what must be answered and was not."""
    whole = len(answer) == len(question.rows) if isinstance(question, Matrix) and answer else answer is not None
    if question.required and not whole:
        raise Unfit("rate_all" if isinstance(question, Matrix) else "answer")


def _score(question: Any, text: str) -> int | None:
    if not text:
        return None
    low, high = scale(question) or (0, 0)
    if not text.lstrip("-").isdecimal() or len(text) > 3 or not low <= int(text) <= high:
        raise Unfit("choose")
    return int(text)


def _matrix(question: Matrix, given: Mapping[str, Sequence[str]]) -> dict[str, int] | None:
    found = {}
    for row in question.rows:
        text = (given.get(f"{question.id}.{row.id}") or [""])[0].strip()
        if (score := _score(question, text)) is not None:
            found[row.id] = score
    return found or None


def _choice(question: Choice, given: Mapping[str, Sequence[str]]) -> Any:
    allowed = {option.id for option in question.options} | ({OTHER} if question.other else set())
    words = _text((given.get(f"{question.id}.{OTHER}") or [""])[0].strip(), _LONGEST)
    if question.how == "ranked":
        return _ranked(question, given)
    chosen = list(dict.fromkeys(one for one in given.get(question.id) or () if one))
    if question.other and words and OTHER not in chosen:  # who writes something means it
        chosen = [*chosen, OTHER] if question.how == "many" else [OTHER]
    if not set(chosen) <= allowed:
        raise Unfit("choose")
    if question.how == "one":
        chosen = chosen[-1:]
    if question.most and len(chosen) > question.most:
        raise Unfit("choose_most", most=question.most)
    if not chosen:
        return None
    if OTHER in chosen and words:
        return [*(one for one in chosen if one != OTHER), {OTHER: words}] if question.how == "many" else {OTHER: words}
    return chosen if question.how == "many" else chosen[0]


def _ranked(question: Choice, given: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Each option has a place of its own; options without one are left out."""
    places: dict[int, str] = {}
    for option in question.options:
        text = (given.get(f"{question.id}.{option.id}") or [""])[0].strip()
        if not text:
            continue
        place = int(text) if text.isdecimal() and len(text) < 4 else 0
        if not 1 <= place <= len(question.options):
            raise Unfit("from_one")
        if place in places:
            raise Unfit("once")
        places[place] = option.id
    return [places[place] for place in sorted(places)] or None


def _text(text: str, most: int) -> str | None:
    plain = text.replace("\0", "").replace("\r\n", "\n")
    if len(plain) > most:
        raise Unfit("shorter", most=most)
    return plain or None


def _number(question: Number, text: str) -> float | int | None:
    if not text:
        return None
    found = number(text.replace(",", "."))
    if found is None or found != found or abs(found) > 1e12 or (question.whole and found != int(found)):
        raise Unfit("whole" if question.whole else "number")
    if question.low is not None and found < question.low:
        raise Unfit("least", low=f"{question.low:g}")
    if question.high is not None and found > question.high:
        raise Unfit("most", high=f"{question.high:g}")
    return int(found) if found == int(found) else found


def _date(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unfit("day") from None


def _file(text: str) -> dict[str, str] | None:
    if not text:
        return None
    try:
        return {"file": str(UUID(text))}
    except ValueError:
        raise Unfit("file_again") from None


def _contact(question: Contact, given: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
    reach, when = ((given.get(f"{question.id}.{part}") or [""])[0].strip() for part in ("reach", "when"))
    if not reach:
        if when:
            raise Unfit("reach_missing")
        return None
    return {"reach": _text(reach, _LONGEST) or "", "when": _text(when, _LONGEST) or ""}
