"""A survey as a value: its pages, questions and thanks, in every language, kept and exchanged as JSON or YAML.

{"languages": ["en", "fr"], "title": {"en": "Your call", "fr": "Votre appel"}, "pages": [{"questions": [
    {"id": "effort", "kind": "ces", "text": {"en": "It was easy to get help", "fr": "…"}, "required": true},
    {"id": "why", "kind": "text", "text": {"en": "Why?", "fr": "Pourquoi ?"}, "comments": "effort",
     "show": {"question": "effort", "op": "<=", "value": 3}}]}]}

Questions and options have ids that stay, so that all languages and versions are one set of answers.
"""

from __future__ import annotations

from collections.abc import Iterator
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


class Statement(_Question):
    """Something to read; no answer."""

    kind: Literal["statement"]


Scored = Nps | Csat | Ces | Expectation | Emotion
Question = Annotated[
    Scored | Matrix | Choice | Text | Number | Date | Consent | Contact | Statement, Field(discriminator="kind")
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


class Survey(_Part):
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=60)]
    title: Words
    #: What the answers are for and who sees them.
    about: Words = {}
    pages: Annotated[tuple[Page, ...], Field(min_length=1, max_length=MOST_PAGES)]
    thanks: Annotated[tuple[Thanks, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Survey:
        seen: list[str] = []
        by_id = {question.id: question for question in self.questions()}
        for page in self.pages:
            _look(page.show, seen, _("a page"))
            for question in page.questions:
                if question.id in seen:
                    raise ValueError(_("Two questions are called “%(id)s”.") % {"id": question.id})
                _look(question.show, seen, question.id)
                if isinstance(question, Text) and question.comments:
                    _explains(question, by_id)
                seen.append(question.id)
        if len(seen) > MOST_QUESTIONS:
            raise ValueError(_("A survey has at most %(most)s questions.") % {"most": MOST_QUESTIONS})
        for thanks in self.thanks:
            _look(thanks.show, seen, _("the thanks"))
        first = self.languages[0]
        for words, place in self.texts():
            if not words.get(first, "").strip():
                raise ValueError(
                    _("“%(place)s” has no text in %(language)s, the survey’s first language.")
                    % {"place": place, "language": first}
                )
        return self

    def questions(self) -> Iterator[Any]:
        for page in self.pages:
            yield from page.questions

    def question(self, id: str) -> Any:
        return next((one for one in self.questions() if one.id == id), None)

    def texts(self) -> Iterator[tuple[Words, str]]:
        """Every text that must be there, with the place where it stands."""
        yield self.title, "title"
        for question in self.questions():
            yield question.text, question.id
            for option in (*getattr(question, "options", ()), *getattr(question, "rows", ())):
                yield option.text, f"{question.id}.{option.id}"
        for place, thanks in enumerate(self.thanks, 1):
            yield thanks.text, f"thanks {place}"


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


def written(survey: Survey) -> dict[str, Any]:
    """As JSON, without what is as it is anyway."""
    return survey.model_dump(mode="json", exclude_defaults=True) | {"languages": list(survey.languages)}


def _explains(question: Text, by_id: dict[str, Any]) -> None:
    if not isinstance(by_id.get(question.comments or ""), Scored):
        raise ValueError(
            _("“%(id)s” explains “%(other)s”, which is no question with a score.")
            % {"id": question.id, "other": question.comments}
        )


def _look(condition: Condition | None, seen: list[str], place: str, depth: int = 0) -> None:
    """A condition asks for what was answered before."""
    match condition:
        case Join():
            if depth >= DEEPEST:
                raise ValueError(_("The conditions of %(place)s are nested too deep.") % {"place": place})
            for one in condition.of:
                _look(one, seen, place, depth + 1)
        case Says() if condition.question not in seen:
            raise ValueError(
                _("%(place)s depends on “%(other)s”, which is not asked before it.")
                % {"place": place, "other": condition.question}
            )
