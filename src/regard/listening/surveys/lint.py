"""What a careful colleague would say of a survey before it goes out: wording, length, languages, colour. Advice, never a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.listening.answering.brand import contrast
from regard.listening.surveys.definition import Choice, Matrix, Statement, Survey
from regard.listening.surveys.flow import scale

_LONG, _MANY, _OPTIONS, _SENTENCE = 140, 8, 12, 25
#: Words that tell which answer is hoped for, and two questions in one, where we can read the language.
_LEADING = {
    "en": r"\b(don'?t you|wouldn'?t you|isn'?t it|do you agree that|how (great|amazing|wonderful|excellent|bad|awful|terrible)"
    r"|our (great|amazing|excellent))\b",
    "fr": r"\b(n[’']est-ce pas|ne trouvez-vous pas|êtes-vous d[’']accord que|notre (excellent|formidable))",
    "de": r"\b(nicht wahr|finden sie nicht|stimmen sie zu, dass|unser(e|en|em)? (großartige|hervorragende)\w*)",
}  # fmt: skip
_BOTH = {"en": r"\b\w+ and \w+\b", "fr": r"\b\w+ et \w+\b", "de": r"\b\w+ und \w+\b"}


@dataclass(frozen=True)
class Advice:
    place: str  # a question's id, or ""
    text: str


def lint(survey: Survey, *, colour: str = "") -> list[Advice]:
    """In the order in which people meet it."""
    return [*_languages(survey), *_wording(survey), *_length(survey), *_colour(colour)]


def _languages(survey: Survey) -> Iterator[Advice]:
    for words, place in survey.texts():
        if lacking := [language for language in survey.languages if not words.get(language, "").strip()]:
            yield Advice(place, _("is not there in %(languages)s") % {"languages": ", ".join(lacking)})


def _wording(survey: Survey) -> Iterator[Advice]:
    for question in survey.questions():
        if isinstance(question, Statement):
            continue
        for language, text in question.text.items():
            if (pattern := _LEADING.get(language)) and re.search(pattern, text, re.IGNORECASE):
                yield Advice(question.id, _("tells which answer you hope for (%(language)s)") % {"language": language})
            scored = scale(question) is not None and not isinstance(question, Matrix)
            if scored and (pattern := _BOTH.get(language)) and re.search(pattern, text, re.IGNORECASE):
                yield Advice(question.id, _("may ask two things at once (%(language)s)") % {"language": language})
            if len(text) > _LONG:
                told = {"language": language, "number": len(text)}
                yield Advice(question.id, _("is long: %(number)s characters (%(language)s)") % told)
            elif any(len(sentence.split()) > _SENTENCE for sentence in re.split(r"[.!?؟]", text)):
                yield Advice(
                    question.id, _("has a sentence that is hard to read (%(language)s)") % {"language": language}
                )
        if isinstance(question, Choice) and len(question.options) > _OPTIONS:
            yield Advice(
                question.id, _("offers %(number)s options: nobody reads them all") % {"number": len(question.options)}
            )


def _length(survey: Survey) -> Iterator[Advice]:
    asked = sum(not isinstance(question, Statement) for question in survey.questions() if question.show is None)
    if asked > _MANY:
        yield Advice(
            "", _("%(number)s questions are asked of everybody: many will leave in the middle") % {"number": asked}
        )
    if not any(scale(question) for question in survey.questions()):
        yield Advice("", _("No question has a score: nothing of it rolls up into a number"))


def _colour(colour: str) -> Iterator[Advice]:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) and contrast(colour, "#ffffff") < 3 and contrast(colour, "#1d2125") < 3:
        yield Advice("", _("The colour is hard to tell from the page, by day and by night"))
