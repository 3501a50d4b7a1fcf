"""A survey's texts in all its languages beside each other, as a table that translators fill: CSV, there and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from defusedcsv import csv as safe_csv
from django.utils.translation import gettext as _

from regard.listening.surveys.definition import BadSurvey, Survey, Words, read, written

_PLACE = "place"
_MOST_ROWS = 20_000
#: What a spreadsheet would take for a formula is written with an apostrophe before it.
_FORMULA = "=+-@|%\t\r"


@dataclass(frozen=True)
class Taken:
    survey: Survey
    changed: int  # texts
    unknown: tuple[str, ...]  # places that the survey does not have


def to_csv(survey: Survey) -> str:
    """One row a text: its place, then a column a language, the first language first."""
    out = io.StringIO()
    rows = safe_csv.writer(out)
    rows.writerow([_PLACE, *survey.languages])
    for place, words in texts_of(written(survey)):
        rows.writerow([place, *(words.get(language, "") for language in survey.languages)])
    return out.getvalue()


def from_csv(survey: Survey, text: str) -> Taken:
    """The survey with the texts of a table; a column that is new is a language that is new. An empty cell takes nothing away.

    Raises BadSurvey.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=_delimiter(text))
    try:
        head = [cell.strip() for cell in next(rows, [])]
        listed = [row for _number, row in zip(range(_MOST_ROWS), rows, strict=False)]
    except csv.Error:
        raise BadSurvey(_("This is no table: save it as CSV.")) from None
    if not head or head[0].lower() != _PLACE or len(head) < 2 or len(set(head)) < len(head):
        raise BadSurvey(_("The first row must be “place” and then the languages, each once: place, en, fr."))
    told = (
        (row[0].strip(), language, _plain(cell))
        for row in listed
        if row and row[0].strip()
        for language, cell in zip(head[1:], row[1:], strict=False)
    )
    return take(survey, told, languages=head[1:])


def take(survey: Survey, told: Iterable[tuple[str, str, str]], *, languages: Iterable[str]) -> Taken:
    """The survey with texts by place and language; an empty text takes nothing away. Raises BadSurvey."""
    given = written(survey)
    texts, unknown, changed = dict(texts_of(given)), [], 0
    for place, language, words in told:
        if place not in texts:
            unknown.append(place[:80])
        elif words.strip() and texts[place].get(language) != words:
            texts[place][language] = words
            changed += 1
    given["languages"] = list(dict.fromkeys([*survey.languages, *languages]))
    return Taken(read(given), changed, tuple(dict.fromkeys(unknown)))


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _plain(cell: str) -> str:
    marked = len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA
    return cell[1:].replace("\\|", "|") if marked else cell


def texts_of(given: dict[str, Any]) -> Iterator[tuple[str, Words]]:
    """Places and texts of a survey that is written out; changing a text changes it there."""
    for name in ("title", "about"):
        if name in given:
            yield name, given[name]
    for page in given["pages"]:
        for question in page["questions"]:
            for name in ("text", "help", "low", "high"):
                if isinstance(question.get(name), dict):  # the ends of a number are numbers
                    yield f"{question['id']}.{name}", question[name]
            for name in ("options", "rows"):
                for option in question.get(name, ()):
                    yield f"{question['id']}.{name}.{option['id']}", option["text"]
    for number, thanks in enumerate(given.get("thanks", ()), 1):
        for name in ("text", "link_text"):
            if name in thanks:
                yield f"thanks.{number}.{name}", thanks[name]
