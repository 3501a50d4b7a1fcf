"""A page that a respondent sent, taken: the same for every channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from regard.listening.answering.page import read_page
from regard.listening.responses.answer import complete, save
from regard.listening.responses.models import Response
from regard.listening.surveys.flow import Respondent, next_page, on_the_way, shown
from regard.listening.surveys.models import Version

#: What a page is called by whoever sends it, so that it may be sent twice.
_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")

Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Taken:
    answers: Mapping[str, Any]
    #: Question → a sentence.
    errors: Mapping[str, str] = field(default_factory=dict)
    #: None where something was wrong with the first page: then nothing has begun.
    response: Response | None = None
    #: The page that comes next; None at the end.
    following: int | None = None


def is_key(text: str) -> bool:
    return bool(_KEY.fullmatch(text))


def page_of(response: Response, asked: int | None) -> int | None:
    """The page asked for where it is on the way, else the first; None where nothing shows."""
    way = on_the_way(response.version.content, response.answers, response.respondent)
    return asked if asked in way else way[0] if way else None


def take_first(
    version: Version, number: int, given: Given, respondent: Respondent, *, begins: Callable[..., Response], now: datetime,
    unfit: Mapping[str, str] | None = None,
) -> Taken:  # fmt: skip
    """The page with which a response begins: `begins(answers=…)` makes it, once however often the page is sent. `unfit`: what could not
    be made an answer before, question → a sentence.
    """
    answers, errors = read_page(version.content, number, given, {}, respondent)
    if errors or unfit:
        return Taken(answers, {**errors, **(unfit or {})})
    with transaction.atomic():  # one commit, however much comes of it
        return _follow(begins(answers=answers), number, given, answers, now)


def take(
    response: Response, number: int, given: Given, *, now: datetime, unfit: Mapping[str, str] | None = None
) -> Taken:  # fmt: skip
    """Any later page, or one again. What can be taken is not lost, whatever is wrong with the rest."""
    answers, errors = read_page(response.version.content, number, given, response.answers, response.respondent)
    with transaction.atomic():
        response = save(response, answers, now=now)
        if errors or unfit:
            return Taken(answers, {**errors, **(unfit or {})}, response, number)
        return _follow(response, number, given, answers, now)


def _follow(response: Response, number: int, given: Given, answers: Mapping[str, Any], now: datetime) -> Taken:
    """To the questions that came up on this page, else to the next page, else to the end."""
    if response.completed:
        return Taken(answers, {}, response)
    survey, respondent = response.version.content, response.respondent
    listed: Collection[str] = given.get("asked", ())
    here = {question.id for question in shown(survey.pages[number], response.answers, respondent)}
    following = number if not here <= set(listed) else next_page(survey, number, response.answers, respondent)
    if following is None:
        response = complete(response, now=now, held=True)
    return Taken(answers, {}, response, following)
