"""Robot respondents: every way through a survey is taken once, so that a dead end is found before a customer finds it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from regard.listening.surveys.definition import (
    Choice,
    Condition,
    Consent,
    File,
    Has,
    Join,
    Matrix,
    Says,
    Statement,
    Survey,
)
from regard.listening.surveys.flow import Respondent, next_page, number, scale, shown, thanks

MOST_WALKS, _AT_RANDOM = 500, 300
_Way = tuple[list[str], dict[str, Any]]  # the questions that were asked, and what was answered


@dataclass(frozen=True)
class Walked:
    """What the robots found."""

    walks: int
    whole: bool  # every way was taken; else the first MOST_WALKS and some at random
    never: tuple[str, ...]  # questions that no robot came to
    longest: int  # questions on the longest way
    unthanked: int  # ways at whose end nothing of the survey's own is said
    empty: bool  # somebody is asked nothing at all


def walk(survey: Survey) -> Walked:
    """Answers that make a difference to a condition are tried; all others are one. Where there are too many ways, some at random."""
    found = _Found()
    respondents = list(_respondents(survey.languages[0], _traits(survey)))
    whole = all(found.take(survey, one, _ways(survey, one, list)) for one in respondents)
    if not whole:
        chance = random.Random(1)
        for number_of in range(_AT_RANDOM):
            one = respondents[number_of % len(respondents)]
            found.take(
                survey, one, _ways(survey, one, lambda answers: [chance.choice(answers)]), most=_AT_RANDOM + MOST_WALKS
            )
    never = tuple(question.id for question in survey.questions() if question.id not in found.met)
    return Walked(found.walks, whole, never, found.longest, found.unthanked, found.empty)


@dataclass
class _Found:
    met: set[str] = field(default_factory=set)
    walks: int = 0
    longest: int = 0
    unthanked: int = 0
    empty: bool = False

    def take(self, survey: Survey, respondent: Respondent, ways: Iterable[_Way], *, most: int = MOST_WALKS) -> bool:
        """Whether all of them were taken."""
        for way, answers in ways:
            if self.walks >= most:
                return False
            self.walks += 1
            self.met |= set(way)
            self.longest, self.empty = max(self.longest, len(way)), self.empty or not way
            self.unthanked += bool(survey.thanks) and thanks(survey, answers, respondent) is None
        return True


def _ways(survey: Survey, respondent: Respondent, choose: Callable[[list[Any]], list[Any]]) -> Iterator[_Way]:
    """Depth first: page after page, question after question, of the answers that may matter those chosen."""
    tried = _tried(survey)

    def on(page: int, done: tuple[str, ...], answers: dict[str, Any]) -> Iterator[_Way]:
        ahead = [question for question in shown(survey.pages[page], answers, respondent) if question.id not in done]
        if ahead:
            question = ahead[0]
            for answer in choose(tried.get(question.id, [None])):
                more = answers if answer is None else {**answers, question.id: answer}
                if answer is None and question.required and not isinstance(question, Statement):
                    more = {**answers, question.id: _any(question)}
                yield from on(page, (*done, question.id), more)
            return
        following = next_page(survey, page, answers, respondent)
        if following is None:
            yield list(done), answers
        else:
            yield from on(following, done, answers)

    first = next_page(survey, -1, {}, respondent)
    if first is None:
        yield [], {}
    else:
        yield from on(first, (), {})


def _tried(survey: Survey) -> dict[str, list[Any]]:
    """For each question that a condition asks about, the answers that tell its outcomes apart."""
    found: dict[str, list[Any]] = {}
    for condition in _conditions(survey):
        if isinstance(condition, Says) and (question := survey.question(condition.question)) is not None:
            answers = found.setdefault(question.id, [] if question.required else [None])
            for answer in _apart(question, condition):
                if answer not in answers:
                    answers.append(answer)
    return found


def _apart(question: Any, condition: Says) -> list[Any]:
    if (range_ := scale(question)) and not isinstance(question, Matrix):
        wanted = number(condition.value)
        middle = range_[0] if wanted is None else int(wanted)
        return [
            score for score in (range_[0], middle - 1, middle, middle + 1, range_[1]) if range_[0] <= score <= range_[1]
        ]
    if isinstance(question, Choice):
        one = [option.id for option in question.options]
        mine = [condition.value] if condition.value in one else []
        chosen = list(dict.fromkeys([*mine, *one[:1], *one[-1:]]))
        return chosen if question.how == "one" else [[option] for option in chosen]
    if isinstance(question, File):
        return [_any(question)]
    if isinstance(question, Consent):
        return [True, False]
    wanted = number(condition.value)
    if question.kind == "number":
        return [0] if wanted is None else [wanted - 1, wanted, wanted + 1]
    return [condition.value or "x", "something else"]


def _any(question: Any) -> Any:
    if isinstance(question, Matrix):
        return {row.id: 1 for row in question.rows}
    if range_ := scale(question):
        return range_[1]
    if isinstance(question, Choice):
        return question.options[0].id if question.how == "one" else [question.options[0].id]
    if isinstance(question, File):
        return {"file": "x", "name": "x"}
    return True if isinstance(question, Consent) else 1 if question.kind == "number" else "x"


def _conditions(survey: Survey) -> Iterator[Condition]:
    given = [part.show for page in survey.pages for part in (page, *page.questions)] + [
        one.show for one in survey.thanks
    ]
    waiting = [condition for condition in given if condition is not None]
    while waiting:
        condition = waiting.pop()
        yield condition
        if isinstance(condition, Join):
            waiting.extend(condition.of)


def _traits(survey: Survey) -> dict[str, str]:
    return {one.trait: one.value or "x" for one in _conditions(survey) if isinstance(one, Has)}


def _respondents(language: str, traits: dict[str, str]) -> Iterator[Respondent]:
    """Somebody of whom nothing is known, somebody of whom all is, and each trait alone."""
    yield Respondent(language)
    if traits:
        yield Respondent(language, traits)
    if len(traits) > 1:
        yield from (Respondent(language, {name: value}) for name, value in traits.items())
