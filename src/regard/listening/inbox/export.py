"""Responses to a survey as a table: one row each, a column for each question of any of its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from regard.listening.answering.reading import OTHER
from regard.listening.responses.models import Response
from regard.listening.responses.told import reached
from regard.listening.surveys.definition import Choice, Contact, File, Matrix, Statement
from regard.listening.surveys.flow import Respondent, as_text, kept, said
from regard.listening.surveys.models import Survey
from regard.web import numbers
from regard.web.tables import Cell

_AT_ONCE = 1_000
#: The survey is the same for all of them.
_READ_ONCE = ("version__definition", "version__survey__draft")


@dataclass(frozen=True)
class Column:
    title: str
    cell: Callable[[Mapping[str, Any]], Cell]


def table(found: QuerySet[Response], survey: Survey, *, zone: ZoneInfo, masked: bool) -> Iterator[Sequence[Cell]]:
    """A row of titles, then one for each response, the oldest first; scores as numbers, options by their text in the survey's first language.
    Times are the workspace's; of anonymous answers only the day. A masked reader gets neither files nor how to reach whoever answered.
    """
    columns = _columns(survey, masked=masked)
    head = [
        _("Response"), _("Answered"), _("Complete"), _("Version"), _("Language"), _("Channel"), _("Touchpoint"), _("Unit"), _("Programme"),
        _("Customer"), _("State"), _("Given to"), _("Tags"),
    ]  # fmt: skip
    return _rows(found, columns, [*head, *(one.title for one in columns)], zone, translation.get_language() or "en")


def _rows(found: QuerySet[Response], columns: list[Column], head: list[str], zone: ZoneInfo, language: str) -> Iterator[Sequence[Cell]]:
    yield head
    related = ("version__survey", "programme", "unit", "touchpoint", "assignee__user", "profile", "link")
    for response in found.order_by("saved", "id").select_related(*related).defer(*_READ_ONCE).iterator(_AT_ONCE):
        with translation.override(language):
            yield [*_about(response, zone), *_answers(response, columns)]


def _about(response: Response, zone: ZoneInfo) -> list[Cell]:
    anonymous = response.programme is not None and response.programme.anonymous
    moment = response.saved.astimezone(zone)
    return [
        str(response.pk), f"{moment:%Y-%m-%d}" if anonymous else f"{moment:%Y-%m-%d %H:%M}", numbers.yes_no(response.completed is not None),
        response.version.number, response.language, response.channel, response.touchpoint.name if response.touchpoint else "",
        response.unit.name if response.unit else "", response.programme.name if response.programme else "",
        response.profile.customer_id if response.profile and not anonymous else "", response.get_state_display(),
        str(response.assignee.user) if response.assignee else "", ", ".join(response.tags),
    ]  # fmt: skip


def _answers(response: Response, columns: list[Column]) -> list[Cell]:
    answers = kept(response.version.content, response.answers, response.respondent)
    return [one.cell(answers) for one in columns]


def _columns(survey: Survey, *, masked: bool) -> list[Column]:
    """In the order of the newest version; what only older ones asked comes after."""
    asked: dict[str, Any] = {}
    reader = Respondent("")
    for version in survey.versions.order_by("-number"):
        reader = reader if asked else Respondent(version.content.languages[0])
        for question in version.content.questions():
            if question.id not in asked and not isinstance(question, Statement):
                asked[question.id] = (question, version.content)
    found = []
    for question, content in asked.values():
        text = said(question.text, content, reader)
        if isinstance(question, Matrix):
            for row in question.rows:
                found.append(Column(f"{text}: {said(row.text, content, reader)}", _of_row(question.id, row.id)))
        else:
            options = {one.id: said(one.text, content, reader) for one in question.options} if isinstance(question, Choice) else {}
            found.append(Column(text, _hidden(question.id) if masked and isinstance(question, Contact | File) else _of(question, options)))
    return found


def _of_row(question: str, row: str) -> Callable[[Mapping[str, Any]], Cell]:
    return lambda answers: (answers.get(question) or {}).get(row, "")


def _hidden(question: str) -> Callable[[Mapping[str, Any]], Cell]:
    return lambda answers: "…" if answers.get(question) else ""


def _of(question: Any, options: dict[str, str]) -> Callable[[Mapping[str, Any]], Cell]:
    def cell(answers: Mapping[str, Any]) -> Cell:
        answer = answers.get(question.id)
        match question:
            case _ if answer is None:
                return ""
            case Choice():
                listed = answer if isinstance(answer, list) else [answer]
                return "; ".join(str(one[OTHER]) if isinstance(one, dict) else options.get(one, str(one)) for one in listed)
            case Contact():
                return reached(answer)
            case File():
                return str(answer["name"])
        if isinstance(answer, bool):
            return numbers.yes_no(answer)
        return answer if isinstance(answer, int | float) else as_text(answer)

    return cell
