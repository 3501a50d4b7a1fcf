"""An invitation by e-mail as it is written: with the first question in it, where its answers can be tapped."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.template.loader import render_to_string

from regard.listening.answering.brand import on_colour
from regard.listening.answering.page import Asked, Pick, direction, survey_page
from regard.listening.invitations.words import words
from regard.listening.look.worn import Worn
from regard.listening.surveys.definition import Survey
from regard.listening.surveys.flow import Respondent, next_page, said
from regard.listening.surveys.models import Version
from regard.web.mjml import mail_html

#: Questions whose answers can stand in a message, to be tapped.
_TAPPED = frozenset({"nps", "csat", "ces", "expectation", "emotion", "choice"})
_MOST_TAPPED = 11
#: Those of them with an answer a line.
_WIDE = frozenset({"expectation", "emotion", "choice"})
_COLOUR = "#0d5c63"
#: Stand where each has a way of their own in a letter that is the same for all; nothing of them is written otherwise in HTML.
_LINK, _UNSUBSCRIBE = "https://link.invalid/its-own", "https://unsubscribe.invalid/its-own"


@dataclass(frozen=True)
class Tap:
    text: str
    face: str
    link: str


@dataclass(frozen=True)
class About:
    """What a letter by e-mail depends on beside who it is for."""

    version: Version
    own: tuple[tuple[str, str], ...]
    brand: str
    look: Worn
    anonymous: bool
    until: str
    host: str


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def written(about: About, respondent: Respondent, link: str, unsubscribe: str) -> Letter:
    """For one customer; written once for all of a language, where it is the same for all."""
    if not _the_same_for_all(about):
        return _letter(about, respondent, link, unsubscribe)
    letter = _of_all(about, respondent.language)
    text, html = (one.replace(_LINK, link).replace(_UNSUBSCRIBE, unsubscribe) for one in (letter.text, letter.html))
    return replace(letter, text=text, html=html)


@lru_cache(maxsize=512)
def _the_same_for_all(about: About) -> bool:
    """Whether nothing of the customer is piped into it, and nothing of it depends on what is known of them but the language."""
    definition = json.dumps(about.version.definition)
    return not any("{{" in text for text in (definition, *dict(about.own).values())) and '"trait"' not in definition


@lru_cache(maxsize=512)
def _of_all(about: About, language: str) -> Letter:
    return _letter(about, Respondent(language), _LINK, _UNSUBSCRIBE)


def _letter(about: About, respondent: Respondent, link: str, unsubscribe: str) -> Letter:
    survey, look, own = about.version.content, about.look, dict(about.own)
    say, title = words(respondent.language), said(survey.title, survey, respondent, {})
    asked = _first_question(survey, respondent)
    context = {
        "say": say, "language": respondent.language, "direction": direction(respondent.language), "brand": about.brand, "title": title,
        "intro": piped(own.get("intro", ""), survey, respondent) or said(survey.about, survey, respondent, {}) or say["intro"],
        "asked": asked, "taps": _taps(asked, link) if asked else [], "wide": asked is not None and asked.kind in _WIDE,
        "link": link, "unsubscribe": unsubscribe, "colour": look.colour or _COLOUR, "look": look, "host": about.host,
        "anonymous": say["anonymous"] if about.anonymous else "", "why": say["why"].format(brand=about.brand),
        "until": say["until"].format(date=about.until), "on_colour": on_colour(look.colour or _COLOUR),
    }  # fmt: skip
    return Letter(
        subject=piped(own.get("subject", ""), survey, respondent) or say["subject"].format(title=title),
        text=render_to_string("listening/invitations/mail.txt", context),
        html=mail_html("listening/invitations/mail.mjml", context),
    )


def piped(text: str, survey: Survey, respondent: Respondent) -> str:
    return said({respondent.language: text}, survey, respondent, {}) if text else ""


def _first_question(survey: Survey, respondent: Respondent) -> Asked | None:
    """The first one, where its answers can be tapped."""
    first = next_page(survey, -1, {}, respondent)
    if first is None:
        return None
    asked = survey_page(survey, first, {}, respondent).questions
    one = asked[0] if asked else None
    fits = one is not None and one.kind in _TAPPED and 1 < len(one.picks) <= _MOST_TAPPED and not one.many
    return one if fits else None


def _taps(asked: Asked, link: str) -> list[Tap]:
    """Each leads to the page with an answer chosen already: the page shows it, and only sending it counts."""

    def tap(pick: Pick) -> Tap:
        return Tap(pick.text, pick.face, f"{link}?{urlencode({'question': asked.id, 'answer': pick.value})}")

    return [tap(pick) for pick in asked.picks]
