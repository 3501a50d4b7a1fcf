"""A survey as the editor lists it: each page and question as a card that says what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regard.listening.answering.page import direction
from regard.listening.surveys.blocks.change import digest
from regard.listening.surveys.blocks.conditions import in_words
from regard.listening.surveys.blocks.kinds import KINDS
from regard.listening.surveys.definition import Choice, Matrix, Survey, Words, written


@dataclass(frozen=True)
class Text:
    language: str
    direction: str
    text: str


@dataclass(frozen=True)
class Card:
    what: str
    id: str
    kind: Any
    texts: list[Text]
    listed: list[str]
    ends: str
    required: bool
    when: str
    explains: str
    first: bool = False  # nothing stands before it
    last: bool = False
    splits: bool = False  # a page may begin with it
    problem: str = ""
    #: What it is known by when it is moved or removed, wherever others moved it meanwhile.
    key: str = ""

    @property
    def anchor(self) -> str:
        return self.what.replace(":", "-")


@dataclass(frozen=True)
class PageCard:
    what: str
    number: int
    when: str
    cards: list[Card]
    first: bool
    last: bool
    problem: str = ""

    @property
    def anchor(self) -> str:
        return self.what.replace(":", "-")

    @property
    def key(self) -> str:
        return f"page:{self.cards[0].id}"

    @property
    def place(self) -> str:
        return str(self.number - 1)


@dataclass(frozen=True)
class Sheet:
    title: list[Text]
    about: list[Text]
    languages: tuple[str, ...]
    pages: list[PageCard]
    thanks: list[Card]
    new_thanks: str


def sheet_of(survey: Survey, *, refused: tuple[str, str] = ("", "")) -> Sheet:
    """`refused`: the part that something was tried with, and why it was not done."""
    ids = [question.id for question in survey.questions()]
    pages = []
    for p, page in enumerate(survey.pages):
        cards = [
            _card(
                question,
                survey,
                first=question.id == ids[0] and len(ids) == 1,
                last=question.id == ids[-1] and len(ids) == 1,
                splits=q > 0,
                refused=refused,
            )
            for q, question in enumerate(page.questions)
        ]
        problem = refused[1] if refused[0] == f"page:{cards[0].id}" else ""
        last = p == len(survey.pages) - 1
        pages.append(PageCard(f"page:{p}", p + 1, in_words(page.show, survey), cards, p == 0, last, problem))
    keys = [f"thanks:{digest(one)}" for one in written(survey).get("thanks", ())]
    thanks = [
        Card(
            f"thanks:{t}", "", None, _texts(one.text, survey), [one.link] if one.link else [], "", False, in_words(one.show, survey), "",
            t == 0, t == len(survey.thanks) - 1, problem=refused[1] if refused[0] == keys[t] else "", key=keys[t],
        )
        for t, one in enumerate(survey.thanks)
    ]  # fmt: skip
    return Sheet(
        _texts(survey.title, survey),
        _texts(survey.about, survey),
        survey.languages,
        pages,
        thanks,
        f"thanks:{len(survey.thanks)}",
    )


def _card(question: Any, survey: Survey, *, first: bool, last: bool, splits: bool, refused: tuple[str, str]) -> Card:
    language = survey.languages[0]
    listed = [
        option.text.get(language, "")
        for option in (
            question.options if isinstance(question, Choice) else question.rows if isinstance(question, Matrix) else ()
        )
    ]
    low, high = (getattr(question, end, None) for end in ("low", "high"))
    ends = " – ".join(
        str(end.get(language, "") if isinstance(end, dict) else f"{end:g}")
        for end in (low, high)
        if end not in (None, {})
    )
    what = f"question:{question.id}"
    return Card(
        what, question.id, KINDS[question.kind], _texts(question.text, survey), listed, ends, question.required, in_words(question.show, survey),
        getattr(question, "comments", None) or "", first, last, splits, refused[1] if refused[0] == what else "", what,
    )  # fmt: skip


def _texts(words: Words, survey: Survey) -> list[Text]:
    if not words:
        return []
    return [Text(language, direction(language), words.get(language, "")) for language in survey.languages]
