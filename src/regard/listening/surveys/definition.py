"""A survey as a value: its pages, questions and thanks, in every language, kept and exchanged as JSON or YAML.

{"languages": ["en", "fr"], "title": {"en": "Your call", "fr": "Votre appel"}, "pages": [{"questions": [
    {"id": "effort", "kind": "ces", "text": {"en": "It was easy to get help", "fr": "…"}, "required": true},
    {"id": "why", "kind": "text", "text": {"en": "Why?", "fr": "Pourquoi ?"}, "comments": "effort",
     "show": {"question": "effort", "op": "<=", "value": 3}}]}]}

Questions and options have ids that stay, so that all languages and versions are one set of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

MOST_QUESTIONS, MOST_PAGES, MOST_OPTIONS, DEEPEST = 100, 50, 100, 5
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
_NO_NUL = r"^[^\x00]*$"  # no database keeps one
#: Language → text. A language that is missing falls back to the survey's first.
Words = dict[Language, Annotated[str, Field(max_length=4_000, pattern=_NO_NUL)]]


class BadSurvey(ValueError):
    """With a sentence that says what to change."""


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: the way to it from the survey, as `("pages", 0, "questions", 1, "text", "fr")`."""

    place: tuple[str | int, ...]
    text: str


class _Faulty(ValueError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].text)
        self.faults = faults


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Says(_Part):
    """What was answered before. `includes` is of questions with several answers; `value` is an option's id, a number or a text."""

    question: Id
    op: Literal["is", "is not", ">=", "<=", "includes", "answered", "not answered"] = "is"
    value: int | float | Annotated[str, Field(max_length=200, pattern=_NO_NUL)] = ""


class Has(_Part):
    """What is known of the customer; of somebody unknown nothing is."""

    trait: Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_NUL)]
    op: Literal["is", "is not", "known", "unknown"] = "is"
    value: Annotated[str, Field(max_length=200, pattern=_NO_NUL)] = ""


class Join(_Part):
    join: Literal["all", "any", "none"]
    of: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=20)]


Condition = Says | Has | Join
Join.model_rebuild()


class Option(_Part):
    id: Id
    text: Words


class _Question(_Part):
    id: Id
    text: Words
    help: Words = {}
    required: bool = False
    show: Condition | None = None
    #: The touchpoint that it is about, where it is not the one that the survey was sent for.
    touchpoint: Annotated[str, Field(max_length=120, pattern=_NO_NUL)] = ""


class Nps(_Question):
    """0 to 10: how likely they are to recommend."""

    kind: Literal["nps"]
    low: Words = {}
    high: Words = {}


class Csat(_Question):
    kind: Literal["csat"]
    points: Literal[3, 5, 7, 10] = 5
    look: Literal["numbers", "stars", "smileys"] = "numbers"
    low: Words = {}
    high: Words = {}


class Ces(_Question):
    """1 (strongly disagree) to 7 (strongly agree) that it was easy."""

    kind: Literal["ces"]
    low: Words = {}
    high: Words = {}


class Expectation(_Question):
    """Below, as or above what they expected: −1, 0, 1."""

    kind: Literal["expectation"]


class Emotion(_Question):
    """−2 (very negative) to +2 (very positive)."""

    kind: Literal["emotion"]


class Matrix(_Question):
    """Each row rated from 1 to `points`."""

    kind: Literal["matrix"]
    rows: Annotated[tuple[Option, ...], Field(min_length=1, max_length=30)]
    points: Literal[3, 5, 7, 10] = 5
    low: Words = {}
    high: Words = {}


class Choice(_Question):
    """One of the options, several, or all of them in an order of the respondent's."""

    kind: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=1, max_length=MOST_OPTIONS)]
    how: Literal["one", "many", "ranked"] = "one"
    #: A last option with a field for their own words.
    other: bool = False
    shuffle: bool = False
    most: Annotated[int, Field(ge=1, le=MOST_OPTIONS)] | None = None


class Text(_Question):
    """`comments`: the question with a score that it explains; both then stand in one answer."""

    kind: Literal["text"]
    long: bool = True
    most: Annotated[int, Field(ge=1, le=20_000)] = 4_000
    comments: Id | None = None


class Number(_Question):
    kind: Literal["number"]
    low: float | None = None
    high: float | None = None
    whole: bool = False


class Date(_Question):
    kind: Literal["date"]


class Consent(_Question):
    """Whether they agree to be contacted for a purpose of the contact policy."""

    kind: Literal["consent"]
    purpose: Annotated[str, Field(min_length=1, max_length=40, pattern=_NO_NUL)]


class Contact(_Question):
    """Whether somebody may get in touch: a number or an address, and when it suits."""

    kind: Literal["contact"]


class File(_Question):
    """A photo, or a photo or a document. Asked where a file can be sent: not on a device in a shop."""

    kind: Literal["file"]
    takes: Literal["photos", "documents"] = "photos"


class Statement(_Question):
    """Something to read; no answer."""

    kind: Literal["statement"]


Scored = Nps | Csat | Ces | Expectation | Emotion
Question = Annotated[
    Scored | Matrix | Choice | Text | Number | Date | Consent | Contact | File | Statement, Field(discriminator="kind")
]


class Page(_Part):
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
    show: Condition | None = None


class Thanks(_Part):
    """What is said at the end; the first whose condition holds."""

    text: Words
    show: Condition | None = None
    link: Annotated[str, Field(max_length=500, pattern=r"^(https://[^\s<>\"']+)?$")] = ""
    link_text: Words = {}
    #: Whoever reads it is none of those who are asked for: the survey ends as soon as its condition holds, and nothing is counted.
    screens: bool = False

    @model_validator(mode="after")
    def _only_some(self) -> Thanks:
        if self.screens and self.show is None:
            raise ValueError(_("Whoever is screened out must be told from the others by a condition."))
        return self


class Survey(_Part):
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=60)]
    title: Words
    #: What the answers are for and who sees them.
    about: Words = {}
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=MOST_PAGES)]
    thanks: Annotated[tuple[Thanks, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Survey:
        if found := list(_faults(self)):
            raise _Faulty(found)
        return self

    def questions(self) -> Iterator[Any]:
        for page in self.pages:
            yield from page.questions

    def files(self) -> set[str]:
        """The questions that ask for a file."""
        return {one.id for one in self.questions() if isinstance(one, File)}

    def question(self, id: str) -> Any:
        return next((one for one in self.questions() if one.id == id), None)

    def texts(self) -> Iterator[tuple[Words, str]]:
        """Every text that must be there, with the place where it stands."""
        for words, name, _way in _texts(self):
            yield words, name


_survey = TypeAdapter(Survey)


def read(given: Any) -> Survey:
    """From parsed JSON or YAML. Raises BadSurvey."""
    try:
        return _survey.validate_python(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = " → ".join(str(part) for part in first["loc"] if not isinstance(part, str) or part[:1].islower())
        said = str(first["msg"]).removeprefix("Value error, ")
        raise BadSurvey(f"{place}: {said}" if place else said) from None
    except RecursionError:
        raise BadSurvey(_("The conditions are nested too deep.")) from None


def faults(given: Any) -> list[Fault]:
    """All that is wrong with it, each at its place; nothing of a survey that can be read."""
    try:
        _survey.validate_python(given)
    except ValidationError as problem:
        found: list[Fault] = []
        for one in problem.errors():
            cause = one.get("ctx", {}).get("error")
            if isinstance(cause, _Faulty):
                found.extend(cause.faults)
            else:
                found.append(Fault(_place(one["loc"]), _sentence(one)))
        return found
    except RecursionError:
        return [Fault((), _("The conditions are nested too deep."))]
    return []


def written(survey: Survey) -> dict[str, Any]:
    """As JSON, without what is as it is anyway."""
    return survey.model_dump(mode="json", exclude_defaults=True) | {"languages": list(survey.languages)}


def _place(way: Sequence[str | int]) -> tuple[str | int, ...]:
    """Without the names of kinds and conditions that the reader puts in: they are no part of what was written."""
    found: list[str | int] = []
    named = False  # the last part was such a name
    for part in way:
        holder = found[-1:] == ["show"] or (isinstance((found or [""])[-1], int) and found[-2] in ("questions", "of"))
        named = isinstance(part, str) and holder and not named
        if not named:
            found.append(part)
    return tuple(found)


def _sentence(error: Any) -> str:
    match error["type"]:
        case "missing":
            return _("This is missing.")
        case "string_too_long":
            return _("This is longer than %(most)s characters.") % {"most": f"{error['ctx']['max_length']:,}"}
        case "int_parsing" | "int_from_float" | "int_type":
            return _("Please give a whole number.")
        case "float_parsing" | "float_type":
            return _("Please give a number.")
        case "greater_than_equal":
            return _("Please give at least %(least)s.") % {"least": error["ctx"]["ge"]}
        case "less_than_equal":
            return _("Please give at most %(most)s.") % {"most": f"{error['ctx']['le']:,}"}
        case "too_short" | "string_too_short":
            return _("There must be at least one.")
        case "too_long":
            return _("There can be at most %(most)s.") % {"most": error["ctx"]["max_length"]}
        case "string_pattern_mismatch" if error["loc"][-1] == "id":
            return _("An id begins with a small letter; small letters, digits and _ follow, at most 40.")
        case "string_pattern_mismatch" if error["loc"][-1] == "link":
            return _("A link begins with https://.")
        case "string_pattern_mismatch" if "languages" in error["loc"] or error["loc"][-1] == "[key]":
            return _("A language is written such as en, fr or pt-BR.")
        case "literal_error":
            return _("Choose one of %(offered)s.") % {"offered": error["ctx"]["expected"]}
    return str(error["msg"]).removeprefix("Value error, ")


def _faults(survey: Survey) -> Iterator[Fault]:
    """What holds only of the whole: ids are unique, conditions look back, the first language is complete."""
    seen: list[str] = []
    by_id = {question.id: question for question in survey.questions()}
    for p, page in enumerate(survey.pages):
        yield from _look(page.show, seen, _("a page"), ("pages", p, "show"))
        for q, question in enumerate(page.questions):
            at: tuple[str | int, ...] = ("pages", p, "questions", q)
            if question.id in seen:
                yield Fault((*at, "id"), _("Two questions are called “%(id)s”.") % {"id": question.id})
            yield from _look(question.show, seen, question.id, (*at, "show"))
            yield from _inside(question, by_id, at)
            seen.append(question.id)
    if len(seen) > MOST_QUESTIONS:
        yield Fault(("pages",), _("A survey has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
    for number, thanks in enumerate(survey.thanks):
        yield from _look(thanks.show, seen, _("the thanks"), ("thanks", number, "show"))
    first = survey.languages[0]
    for words, name, at in _texts(survey):
        if not words.get(first, "").strip():
            told = {"place": name, "language": first}
            yield Fault((*at, first), _("“%(place)s” has no text in %(language)s, the survey’s first language.") % told)


def _inside(question: Any, by_id: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(question, Text) and question.comments and not isinstance(by_id.get(question.comments), Scored):
        told = {"id": question.id, "other": question.comments}
        yield Fault((*at, "comments"), _("“%(id)s” explains “%(other)s”, which is no question with a score.") % told)
    for name in ("options", "rows"):
        listed = [option.id for option in getattr(question, name, ())]
        for number, id in enumerate(listed):
            if id in listed[:number]:
                told = {"question": question.id, "id": id}
                yield Fault((*at, name, number, "id"), _("“%(question)s” offers “%(id)s” twice.") % told)


def _texts(survey: Survey) -> Iterator[tuple[Words, str, tuple[str | int, ...]]]:
    """Every text that must be there, with its name and the way to it."""
    yield survey.title, "title", ("title",)
    for p, page in enumerate(survey.pages):
        for q, question in enumerate(page.questions):
            at = ("pages", p, "questions", q)
            yield question.text, question.id, (*at, "text")
            for name in ("options", "rows"):
                for o, option in enumerate(getattr(question, name, ())):
                    yield option.text, f"{question.id}.{option.id}", (*at, name, o, "text")
    for t, thanks in enumerate(survey.thanks):
        yield thanks.text, f"thanks {t + 1}", ("thanks", t, "text")


def _look(
    condition: Condition | None, seen: list[str], name: str, at: tuple[str | int, ...], depth: int = 0
) -> Iterator[Fault]:
    """A condition asks for what was answered before."""
    match condition:
        case Join():
            if depth >= DEEPEST:
                yield Fault(at, _("The conditions of %(place)s are nested too deep.") % {"place": name})
                return
            for number, one in enumerate(condition.of):
                yield from _look(one, seen, name, (*at, "of", number), depth + 1)
        case Says() if condition.question not in seen:
            told = {"place": name, "other": condition.question}
            yield Fault((*at, "question"), _("%(place)s depends on “%(other)s”, which is not asked before it.") % told)
