"""What a respondent is asked next: which questions show, which page comes, what may be answered. The same for every channel."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regard.listening.surveys.definition import (
    Choice,
    Condition,
    File,
    Has,
    Join,
    Option,
    Page,
    Says,
    Statement,
    Survey,
    Thanks,
    Words,
)

#: Question → what was answered: a number, an option's id, a list of them, a text, or what the kind has.
Answers = Mapping[str, Any]
_PIPE = re.compile(r"\{\{\s*(answer|trait)\.([^{}]{1,200}?)\s*\}\}")


@dataclass(frozen=True)
class Respondent:
    """What is known of whoever answers; nothing of somebody unknown."""

    language: str
    traits: Mapping[str, Any] = field(default_factory=dict)
    #: Fixes the order of shuffled options, so that they stay where they are when a page is shown again.
    seed: str = ""
    #: Whether they have files at hand; at a device in a shop nobody has.
    files: bool = True


def holds(condition: Condition | None, answers: Answers, respondent: Respondent) -> bool:
    match condition:
        case None:
            return True
        case Join():
            told = [holds(one, answers, respondent) for one in condition.of]
            return all(told) if condition.join == "all" else any(told) == (condition.join == "any")
        case Has():
            known = respondent.traits.get(condition.trait)
            there = known not in (None, "", [])
            if condition.op in ("known", "unknown"):
                return there == (condition.op == "known")
            return (there and as_text(known).casefold() == condition.value.casefold()) == (condition.op == "is")
        case Says():
            return _says(condition, answers)


def _says(condition: Says, answers: Answers) -> bool:
    answer = answers.get(condition.question)
    answered = answer not in (None, "", [], {})
    match condition.op:
        case "answered" | "not answered":
            return answered == (condition.op == "answered")
        case "includes":
            return isinstance(answer, list) and condition.value in answer
        case ">=" | "<=":
            if isinstance(answer, bool) or not isinstance(answer, int | float):
                return False
            wanted = number(condition.value)
            return wanted is not None and (answer >= wanted if condition.op == ">=" else answer <= wanted)
        case _:
            same = answered and as_text(answer) == as_text(condition.value)
            return same == (condition.op == "is")


def shown(page: Page, answers: Answers, respondent: Respondent) -> list[Any]:
    """The questions of a page that show, by what was answered on the pages before it and above on this one."""
    if not holds(page.show, answers, respondent):
        return []
    return [
        question for question in page.questions
        if holds(question.show, answers, respondent) and (respondent.files or not isinstance(question, File))
    ]  # fmt: skip


def unconditional(survey: Survey) -> Survey:
    """With every page and question shown to everybody: for looking at it."""
    pages = tuple(
        page.model_copy(
            update={"show": None, "questions": tuple(one.model_copy(update={"show": None}) for one in page.questions)}
        )
        for page in survey.pages
    )
    return survey.model_copy(update={"pages": pages})


def on_the_way(survey: Survey, answers: Answers, respondent: Respondent) -> list[int]:
    """The numbers of the pages that show something, in their order."""
    return [place for place, page in enumerate(survey.pages) if shown(page, answers, respondent)]


def next_page(survey: Survey, after: int, answers: Answers, respondent: Respondent) -> int | None:
    """The page that comes after this one (−1: the first); None at the end."""
    if screened_out(survey, answers, respondent):
        return None
    return next((place for place in on_the_way(survey, answers, respondent) if place > after), None)


def page_before(survey: Survey, before: int, answers: Answers, respondent: Respondent) -> int | None:
    return next((place for place in reversed(on_the_way(survey, answers, respondent)) if place < before), None)


def kept(survey: Survey, answers: Answers, respondent: Respondent) -> dict[str, Any]:
    """What counts: answers to questions that show. Whoever goes back and takes another way does not leave the first one behind."""
    found: dict[str, Any] = {}
    for page in survey.pages:
        if not holds(page.show, found, respondent):
            continue
        for question in page.questions:
            if (
                question.id in answers
                and not isinstance(question, Statement)
                and holds(question.show, found, respondent)
            ):
                found[question.id] = answers[question.id]
    return found


def screened_out(survey: Survey, answers: Answers, respondent: Respondent) -> Thanks | None:
    """What is said to somebody who is none of those asked for; None for all others."""
    return next((one for one in survey.thanks if one.screens and holds(one.show, answers, respondent)), None)


def thanks(survey: Survey, answers: Answers, respondent: Respondent) -> Thanks | None:
    return screened_out(survey, answers, respondent) or next((one for one in survey.thanks if holds(one.show, answers, respondent)), None)


def options_of(question: Choice, respondent: Respondent) -> list[Option]:
    """In the order in which this respondent sees them."""
    listed = list(question.options)
    if question.shuffle:
        random.Random(f"{respondent.seed}/{question.id}").shuffle(listed)
    return listed


def said(words: Words, survey: Survey, respondent: Respondent, answers: Answers | None = None) -> str:
    """The text in the respondent's language, with what is piped into it: plain text, to be escaped by whoever shows it."""
    text = words.get(respondent.language) or words.get(survey.languages[0], "")
    if answers is None or "{{" not in text:
        return text

    def piped(match: re.Match[str]) -> str:
        source, name = match[1], match[2]
        if source == "trait":
            return as_text(respondent.traits.get(name))
        return _answered(survey, name, answers, respondent)

    return _PIPE.sub(piped, text)


def _answered(survey: Survey, id: str, answers: Answers, respondent: Respondent) -> str:
    """An answer as the respondent would read it: an option by its text."""
    question, answer = survey.question(id), answers.get(id)
    if isinstance(question, Choice):
        texts = {option.id: said(option.text, survey, respondent) for option in question.options}
        listed = answer if isinstance(answer, list) else [answer]
        told = (one.get("other", "") if isinstance(one, dict) else texts.get(str(one), "") for one in listed)
        return ", ".join(filter(None, told))
    return as_text(answer)


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    return "" if isinstance(value, dict) else str(value)


def number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def scale(question: Any) -> tuple[int, int] | None:
    """The lowest and the highest score of a question that has one."""
    match getattr(question, "kind", ""):
        case "nps":
            return 0, 10
        case "ces":
            return 1, 7
        case "csat" | "matrix":
            return 1, question.points
        case "expectation":
            return -1, 1
        case "emotion":
            return -2, 2
    return None
