"""What a page of a survey shows a respondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation

from regard.listening.answering.phrases import Phrases, phrases
from regard.listening.answering.reading import OTHER, Unfit, check, read
from regard.listening.files.content import ACCEPTED
from regard.listening.surveys.definition import Choice, Contact, File, Matrix, Statement, Survey
from regard.listening.surveys.flow import (
    Answers,
    Respondent,
    holds,
    kept,
    on_the_way,
    options_of,
    said,
    scale,
    shown,
    thanks,
)

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_FACES = {1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😀"}


@dataclass(frozen=True)
class Pick:
    """One thing to choose."""

    value: str
    text: str
    chosen: bool
    face: str = ""


@dataclass
class Line:
    """A row of a matrix, or an option to be numbered."""

    name: str
    text: str
    picks: list[Pick] = field(default_factory=list)
    value: str = ""


@dataclass
class Asked:
    """A question as it stands on the page."""

    id: str
    kind: str
    text: str
    help: str
    required: bool
    picks: list[Pick] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    many: bool = False
    low: str = ""
    high: str = ""
    value: str = ""
    own: str | None = None  # their own words, where there may be some
    accept: str = ""  # which files
    hint: str = ""
    error: str = ""
    question: Any = None


@dataclass(frozen=True)
class SurveyPage:
    title: str
    about: str
    language: str
    direction: str
    questions: list[Asked]
    number: int
    share: float  # of the way
    last: bool
    say: Phrases


def survey_page(
    survey: Survey, number: int, answers: Answers, respondent: Respondent, *, errors: Mapping[str, str] | None = None,
    typed: Mapping[str, Sequence[str]] | None = None,
) -> SurveyPage:  # fmt: skip
    """`typed` and `errors`: what was sent and could not be taken; it stands in the fields again."""
    way = on_the_way(survey, answers, respondent)
    place = way.index(number) if number in way else 0
    questions = [
        _asked(question, survey, answers, respondent, (errors or {}).get(question.id, ""), typed)
        for question in shown(survey.pages[number], answers, respondent)
    ]
    return SurveyPage(
        title=said(survey.title, survey, respondent, answers), about=said(survey.about, survey, respondent) if place == 0 else "",
        language=respondent.language, direction=direction(respondent.language),
        questions=questions, number=number, share=place / max(len(way), 1), last=place == len(way) - 1, say=phrases(respondent.language),
    )  # fmt: skip


@dataclass(frozen=True)
class ThanksPage:
    title: str
    language: str
    direction: str
    text: str
    link: str
    link_text: str
    say: Phrases


def thanks_page(survey: Survey, answers: Answers, respondent: Respondent) -> ThanksPage:
    answers, say = kept(survey, answers, respondent), phrases(respondent.language)
    found = thanks(survey, answers, respondent)
    return ThanksPage(
        title=said(survey.title, survey, respondent, answers), language=respondent.language, direction=direction(respondent.language),
        text=said(found.text, survey, respondent, answers) if found else say["thanks"], link=found.link if found else "",
        link_text=said(found.link_text, survey, respondent) if found else "", say=say,
    )  # fmt: skip


def names(survey: Survey) -> dict[str, str]:
    """The survey's languages, each by its own name."""
    return {language: _name(language) for language in survey.languages}


def _name(language: str) -> str:
    try:
        return str(translation.get_language_info(language)["name_local"])
    except KeyError:
        return language


def whole_page(survey: Survey, number: int, respondent: Respondent) -> list[Asked]:
    """Every question of a page, whatever shows, with what is to be piped into it as it is written."""
    return [_asked(question, survey, None, respondent, "", None) for question in survey.pages[number].questions]


def direction(language: str) -> str:
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def read_page(
    survey: Survey, number: int, given: Mapping[str, Sequence[str]], answers: Answers, respondent: Respondent
) -> tuple[dict[str, Any], dict[str, str]]:
    """What was answered on a page, and what could not be taken: question → a sentence. What is not shown is not read."""
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    page, listed = survey.pages[number], set(given.get("asked", ()))
    if not holds(page.show, answers, respondent):
        return found, errors
    for question in page.questions:
        if isinstance(question, Statement) or question.id not in listed:
            continue  # a question that is not listed comes up now, with what was answered above it
        if not holds(question.show, {**answers, **found}, respondent) or (isinstance(question, File) and not respondent.files):
            continue
        try:
            answer = read(question, given)
            check(question, answer)
            found[question.id] = answer
        except Unfit as problem:
            errors[question.id] = problem.said(respondent.language)
    return found, errors


def _asked(
    question: Any, survey: Survey, answers: Answers | None, respondent: Respondent, error: str, typed: Mapping[str, Sequence[str]] | None
) -> Asked:  # fmt: skip
    answer, say = (answers or {}).get(question.id), phrases(respondent.language)

    def words(text: Any) -> str:
        return said(text, survey, respondent, answers)

    asked = Asked(
        question.id,
        question.kind,
        words(question.text),
        words(question.help),
        question.required,
        error=error,
        question=question,
    )
    if scale(question):  # the ends of a number are numbers
        asked.low, asked.high = (words(getattr(question, end, {})) for end in ("low", "high"))
    chosen = _chosen(question, answer, typed)
    match question:
        case Matrix():
            for row in question.rows:
                mine = chosen.get(f"{question.id}.{row.id}", "")
                asked.lines.append(Line(f"{question.id}.{row.id}", words(row.text), _scores(question, [mine], say)))
        case Choice() if question.how == "ranked":
            for option in options_of(question, respondent):
                name = f"{question.id}.{option.id}"
                asked.lines.append(Line(name, words(option.text), value=chosen.get(name, "")))
        case Choice():
            listed = chosen.get(question.id, [])
            asked.many = question.how == "many"
            asked.picks = [
                Pick(option.id, words(option.text), option.id in listed) for option in options_of(question, respondent)
            ]
            if question.other:
                asked.picks.append(Pick(OTHER, say["other"], OTHER in listed))
                asked.own = chosen.get(f"{question.id}.{OTHER}", "")
        case Contact():
            asked.lines = [
                Line(
                    f"{question.id}.reach",
                    say["reach"],
                    value=chosen.get(f"{question.id}.reach", ""),
                ),
                Line(f"{question.id}.when", say["when"], value=chosen.get(f"{question.id}.when", "")),
            ]
        case File():
            asked.value, asked.own = chosen.get(question.id, ""), chosen.get(f"{question.id}.name", "")
            asked.accept, asked.hint = ACCEPTED[question.takes], say["file_hint"].format(most=settings.ANSWER_FILE_BYTES // 1_000_000)
        case _ if scale(question):
            asked.picks = _scores(question, [chosen.get(question.id, "")], say)
        case _:
            asked.value = chosen.get(question.id, "")
            if question.kind == "consent":
                told = chosen.get(question.id, "")
                asked.picks = [Pick("yes", say["yes"], told == "yes"), Pick("no", say["no"], told == "no")]
    return asked


def _chosen(question: Any, answer: Any, typed: Mapping[str, Sequence[str]] | None) -> dict[str, Any]:
    """What stands in the fields of a question: what was sent and could not be taken, else what was answered."""
    many = isinstance(question, Choice) and question.how != "ranked"
    if typed is not None:
        mine = {
            name: values for name, values in typed.items() if name == question.id or name.startswith(f"{question.id}.")
        }
        return {
            name: list(values) if many and name == question.id else (values or [""])[0] for name, values in mine.items()
        }
    if answer is None:
        return {}
    match question:
        case Matrix():
            return {f"{question.id}.{row}": str(score) for row, score in answer.items()}
        case Choice() if question.how == "ranked":
            return {f"{question.id}.{option}": str(place) for place, option in enumerate(answer, 1)}
        case Choice():
            listed = answer if isinstance(answer, list) else [answer]
            own = next((one[OTHER] for one in listed if isinstance(one, dict)), "")
            return {
                question.id: [OTHER if isinstance(one, dict) else one for one in listed],
                f"{question.id}.{OTHER}": own,
            }
        case Contact():
            return {f"{question.id}.{part}": text for part, text in answer.items()}
        case File():
            return {question.id: answer["file"], f"{question.id}.name": answer.get("name", "")}
    if isinstance(answer, bool):
        return {question.id: "yes" if answer else "no"}
    return {question.id: str(answer)}


def _scores(question: Any, chosen: Sequence[str], say: Phrases) -> list[Pick]:
    low, high = scale(question) or (0, 0)
    return [
        Pick(str(score), _named(question, score, say), str(score) in chosen, _face(question, score))
        for score in range(low, high + 1)
    ]


def _named(question: Any, score: int, say: Phrases) -> str:
    if question.kind == "expectation":
        return say[("below", "as", "above")[score + 1]]
    if question.kind == "emotion":
        return say[("very_bad", "bad", "neither", "good", "very_good")[score + 2]]
    return str(score)


def _face(question: Any, score: int) -> str:
    if question.kind == "emotion":
        return _FACES[score + 3]
    look = getattr(question, "look", "")
    if look == "stars":
        return "★"
    if look == "smileys":
        low, high = scale(question) or (1, 5)
        return _FACES[1 + round(4 * (score - low) / (high - low))]
    return ""
