"""A response as colleagues read it: each question with its answer, in the survey's first language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regard.ledger.feeling import feeling, of_scale
from regard.listening.answering.reading import OTHER
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Choice, Contact, File, Matrix, Survey
from regard.listening.surveys.flow import Respondent, as_text, kept, said, scale
from regard.web import numbers


@dataclass(frozen=True)
class Said:
    question: str
    answer: str
    tone: str = ""  # good, mid, bad of scores
    words: bool = False
    file: str = ""  # the question that it answers


def told(response: Response, *, language: str = "", masked: bool = False) -> list[Said]:
    """In another language of the survey, where one is given. A masked reader sees neither files nor how to reach whoever answered."""
    survey = response.version.content
    reader = Respondent(language or survey.languages[0])
    answers = kept(survey, response.answers, response.respondent)
    return [
        _said(question, answers[question.id], survey, reader, masked)
        for question in survey.questions()
        if question.id in answers
    ]


def reached(answer: Mapping[str, str]) -> str:
    """How to reach them, then when: JSON as it is kept knows no order."""
    return " · ".join(filter(None, (answer.get("reach"), answer.get("when"))))


def _said(question: Any, answer: Any, survey: Survey, reader: Respondent, masked: bool) -> Said:
    text = said(question.text, survey, reader)
    match question:
        case Matrix():
            rated = [f"{said(row.text, survey, reader)} {answer[row.id]}" for row in question.rows if row.id in answer]
            return Said(text, ", ".join(rated))
        case Choice():
            options = {option.id: said(option.text, survey, reader) for option in question.options}
            listed = answer if isinstance(answer, list) else [answer]
            return Said(
                text, ", ".join(one[OTHER] if isinstance(one, dict) else options.get(one, OTHER) for one in listed)
            )
        case Contact():
            return Said(text, "…" if masked else reached(answer))
        case File():
            return Said(text, "…" if masked else answer["name"], file="" if masked else question.id)
    if range_ := scale(question):
        return Said(text, of_scale(answer, *range_), feeling(question.kind, answer, *range_))
    if isinstance(answer, bool):
        return Said(text, numbers.yes_no(answer))
    return Said(text, as_text(answer), words=question.kind == "text")
