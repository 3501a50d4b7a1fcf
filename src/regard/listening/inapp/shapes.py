"""Pages, questions and thanks as JSON. Texts are plain: whoever shows them escapes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regard.listening.answering.brand import on_colour
from regard.listening.answering.page import Asked, SurveyPage, ThanksPage, direction, names, whole_page
from regard.listening.answering.phrases import phrases
from regard.listening.look.worn import worn
from regard.listening.surveys.definition import Choice, Condition, Consent, File, Matrix, Number, Survey, Text
from regard.listening.surveys.flow import Respondent, scale
from regard.listening.surveys.models import Version
from regard.listening.widgets.models import Widget


def page_shape(page: SurveyPage, answers: Mapping[str, Any], *, before: int | None = None) -> dict[str, Any]:
    return {
        "number": page.number, "share": round(page.share, 2), "last": page.last, "back": before, "title": page.title, "about": page.about,
        "questions": [question_shape(asked, answers.get(asked.id)) for asked in page.questions],
    }  # fmt: skip


def question_shape(asked: Asked, answer: Any = None) -> dict[str, Any]:
    """`picks` are what can be chosen, each with the value that stands in an answer; `rows` and `options` are rated or numbered."""
    question = asked.question
    told: dict[str, Any] = {
        "id": asked.id, "kind": asked.kind, "text": asked.text, "help": asked.help, "required": asked.required,
        "low": asked.low, "high": asked.high, "answer": answer,
    }  # fmt: skip
    picks = asked.lines[0].picks if isinstance(question, Matrix) else asked.picks
    if picks:
        told["picks"] = [{"value": _value(question, one.value), "text": one.text, "face": one.face} for one in picks]
    match question:
        case Matrix():
            told["rows"] = _lines(asked)
        case Choice() if question.how == "ranked":
            told["options"] = _lines(asked)
            told |= {"how": "ranked", "shuffle": question.shuffle}
        case Choice():
            told |= {"how": question.how, "other": question.other, "most": question.most, "shuffle": question.shuffle}
        case File():
            told |= {"accept": asked.accept, "hint": asked.hint}
        case Text():
            told |= {"long": question.long, "most": question.most}
        case Number():
            told |= {"least": question.low, "greatest": question.high, "whole": question.whole}
    return told


def thanks_shape(page: ThanksPage) -> dict[str, str]:
    return {"text": page.text, "link": page.link, "link_text": page.link_text or page.link}


def survey_shape(version: Version, language: str) -> dict[str, Any]:
    """What holds for all pages: what it is called, which languages there are, whose colours it wears, what buttons say."""
    survey, look = version.content, worn(version.survey.workspace_id, version.survey.colour)
    return {
        "version": version.number, "brand": version.survey.workspace.name, "colour": look.colour, "on_colour": on_colour(look.colour),
        "languages": names(survey), "language": language, "direction": direction(language), "say": phrases(language),
    }  # fmt: skip


def widget_shape(widget: Widget, version: Version) -> dict[str, Any]:
    look = worn(widget.survey.workspace_id, widget.survey.colour)
    targeting = widget.rules.model_dump(mode="json")
    return {
        "languages": list(version.content.languages),
        "colour": look.colour,
        "on_colour": on_colour(look.colour),
        "font": look.stack,
        "targeting": targeting,
    }


def definition_shape(version: Version) -> dict[str, Any]:
    """The whole survey in all its languages, with its conditions: whoever has it needs no network to ask it. What asks for a file is not
    there: it cannot wait on a device.
    """
    survey = version.content
    first = survey_shape(version, survey.languages[0])
    return {name: first[name] for name in ("version", "brand", "colour", "on_colour", "languages")} | {
        "in": {language: _in(survey, language) for language in survey.languages}
    }


def _in(survey: Survey, language: str) -> dict[str, Any]:
    respondent = Respondent(language)
    pages = []
    for number, page in enumerate(survey.pages):
        questions = [
            question_shape(asked) | {"show": _condition(asked.question.show)}
            for asked in whole_page(survey, number, respondent)
            if not isinstance(asked.question, File)
        ]
        pages.append({"show": _condition(page.show), "questions": questions})

    def words(text: Mapping[str, str]) -> str:
        return text.get(language) or text.get(survey.languages[0], "")

    return {
        "direction": direction(language), "say": phrases(language), "title": words(survey.title), "about": words(survey.about), "pages": pages,
        "thanks": [
            {"text": words(one.text), "link": one.link, "link_text": words(one.link_text) or one.link, "show": _condition(one.show)}
            for one in survey.thanks
        ],
    }  # fmt: skip


def _condition(condition: Condition | None) -> dict[str, Any] | None:
    return condition.model_dump(mode="json") if condition else None


def _lines(asked: Asked) -> list[dict[str, str]]:
    return [{"id": line.name.rpartition(".")[2], "text": line.text} for line in asked.lines]


def _value(question: Any, value: str) -> str | int | bool:
    if isinstance(question, Consent):
        return value == "yes"
    return int(value) if scale(question) else value
