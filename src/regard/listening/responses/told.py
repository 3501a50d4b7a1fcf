"""A response as colleagues read it: each question with its answer, in the survey's first language."""

from __future__ import annotations

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


def told(response: Response, *, language: str = "") -> list[Said]:
    """In another language of the survey, where one is given."""
    survey = response.version.content
    reader = Respondent(language or survey.languages[0])
    answers = kept(survey, response.answers, response.respondent)
    return [
        _said(question, answers[question.id], survey, reader)
        for question in survey.questions()
        if question.id in answers
    ]


def _said(question: Any, answer: Any, survey: Survey, reader: Respondent) -> Said:
    text = said(question.text, survey, reader)
    match question:
        case Matrix():
            rows = {row.id: said(row.text, survey, reader) for row in question.rows}
            return Said(text, ", ".join(f"{rows[row]} {score}" for row, score in answer.items() if row in rows))
        case Choice():
            options = {option.id: said(option.text, survey, reader) for option in question.options}
            listed = answer if isinstance(answer, list) else [answer]
            return Said(
                text, ", ".join(one[OTHER] if isinstance(one, dict) else options.get(one, OTHER) for one in listed)
            )
        case Contact():
            return Said(text, " · ".join(part for part in answer.values() if part))
        case File():
            return Said(text, answer["name"], file=question.id)
    if range_ := scale(question):
        return Said(text, of_scale(answer, *range_), feeling(question.kind, answer, *range_))
    if isinstance(answer, bool):
        return Said(text, numbers.yes_no(answer))
    return Said(text, as_text(answer), words=question.kind == "text")
