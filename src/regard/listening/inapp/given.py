"""An answer as programs write it, as the fields of a form, so that there is one reading of both.

It is written as it is kept: a score is a number, a choice its option's id, of several a list, in order where they are ranked, own words
{"other": "…"}, a matrix {row: score}, a contact {"reach": "…", "when": "…"}, a consent true or false, a file {"file": …}, a text, a
number and a day a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regard.listening.answering.reading import OTHER, Unfit
from regard.listening.surveys.definition import Choice, Contact, File, Matrix, Text

_MOST = 200


def fields_of(question: Any, answer: Any) -> dict[str, list[str]]:
    """Raises Unfit for a shape that is none of this kind of question."""
    match question:
        case _ if answer is None:
            return {}
        case File():
            if not isinstance(answer, dict) or not isinstance(answer.get("file"), str):
                raise Unfit("file_again")
            return {question.id: [_plain(answer["file"])]}
        case Matrix() | Contact():
            if not isinstance(answer, dict) or len(answer) > _MOST:
                raise Unfit("choose" if isinstance(question, Matrix) else "reach_missing")
            return {f"{question.id}.{part}": [_plain(told)] for part, told in answer.items()}
        case Choice() if question.how == "ranked":
            allowed = {option.id for option in question.options}
            if not isinstance(answer, list) or not all(isinstance(one, str) and one in allowed for one in answer):
                raise Unfit("choose")
            if len(set(answer)) < len(answer):
                raise Unfit("once")
            return {f"{question.id}.{option}": [str(place)] for place, option in enumerate(answer, 1)}
        case Choice():
            return _chosen(question.id, answer if isinstance(answer, list) else [answer])
    if isinstance(answer, bool):
        return {question.id: ["yes" if answer else "no"]}
    if isinstance(answer, dict | list):
        raise Unfit("answer" if isinstance(question, Text) else "choose")
    return {question.id: [_plain(answer)]}


def _chosen(id: str, listed: list[Any]) -> dict[str, list[str]]:
    chosen, own = [], ""
    for one in listed[: _MOST + 1]:
        if isinstance(one, dict) and isinstance(one.get(OTHER), str):
            own = _plain(one[OTHER])
            chosen.append(OTHER)
        elif isinstance(one, str):
            chosen.append(_plain(one))
        else:
            raise Unfit("choose")
    return {id: chosen, f"{id}.{OTHER}": [own]}


def _plain(value: Any) -> str:
    """Numbers as people write them; no half of a character, which no database keeps."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit("choose")
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text.encode("utf-8", "replace").decode()


def answers_given(
    given: Mapping[str, Any], questions: list[Any], language: str
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The fields of these questions, and what is no answer to its question: question → a sentence."""
    fields: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    for question in questions:
        try:
            fields |= fields_of(question, given.get(question.id))
        except Unfit as problem:
            errors[question.id] = problem.said(language)
    return fields, errors
