"""What an invitation reads like when it goes out, and what is noted of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import mrml
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation

from regard.customers.contact.channels import Channel
from regard.customers.contact.public.links import links_to_unsubscribe, unsubscribe_headers
from regard.listening.answering.brand import on_colour
from regard.listening.answering.page import Asked, Pick, direction, survey_page
from regard.listening.invitations.links import link_of
from regard.listening.invitations.models import Invitation
from regard.listening.invitations.words import words
from regard.listening.look.worn import Worn, worn
from regard.listening.surveys.definition import Survey
from regard.listening.surveys.flow import Respondent, next_page, said
from regard.listening.surveys.models import Version
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind

#: The traits that say which language somebody reads, the most exact first.
_LANGUAGE = ("language", "locale", "lang")
#: Questions whose answers can stand in a message, to be tapped.
_TAPPED = frozenset({"nps", "csat", "ces", "expectation", "emotion", "choice"})
_MOST_TAPPED = 11
#: Those of them with an answer a line.
_WIDE = frozenset({"expectation", "emotion", "choice"})
_COLOUR = "#0d5c63"


@dataclass(frozen=True)
class Tap:
    text: str
    face: str
    link: str


def respondent_of(traits: Mapping[str, Any], survey: Survey) -> Respondent:
    """In the language of theirs that the survey speaks, else in its first."""
    for name in _LANGUAGE:
        wanted = str(traits.get(name) or "").replace("_", "-").casefold()
        for language in survey.languages:
            if wanted and wanted.split("-")[0] == language.casefold().split("-")[0]:
                return Respondent(language, traits)
    return Respondent(survey.languages[0], traits)


def write(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    now = timezone.now()
    related = Invitation.objects.select_related("programme__survey__workspace", "programme__purpose", "profile")
    found = related.in_bulk([one.sender_id for one in messages])
    links: dict[tuple[int, int, str], str] = {}
    for programme, channel in {
        (found[one.sender_id].programme, one.channel) for one in messages if one.sender_id in found
    }:
        people = [
            one.profile_id for one in messages if one.sender_id in found and found[one.sender_id].programme == programme
        ]
        given = links_to_unsubscribe(workspace, people, purpose=programme.purpose, channel=channel)
        links |= {(programme.pk, person, channel): link for person, link in given.items()}
    surveys = {one.programme.survey_id: one.programme.survey for one in found.values()}
    published = {pk: survey.published for pk, survey in surveys.items()}
    contents: dict[int, Content | None] = {}
    for message in messages:
        invitation = found.get(message.sender_id)
        version = published[invitation.programme.survey_id] if invitation else None
        if invitation is None or version is None or _over(invitation, now):
            contents[message.pk] = None
        elif invitation.programme.paused is None:  # else it waits
            unsubscribe = links[invitation.programme_id, message.profile_id, message.channel]
            contents[message.pk] = content(
                invitation, version, channel=message.channel, step=message.step, unsubscribe=unsubscribe
            )
    return contents


def _over(invitation: Invitation, now: datetime) -> bool:
    """It is not for somebody who has answered or wants no more, nor once it has expired or its programme has ended."""
    programme = invitation.programme
    ended = programme.ended or programme.survey.retired
    expired = invitation.expires is None or invitation.expires <= now
    return bool(ended or expired or invitation.started or invitation.opted_out)


def content(invitation: Invitation, version: Version, *, channel: str, step: int, unsubscribe: str) -> Content:
    """As it goes out by a channel; `step` 0 is the first message, later ones are reminders."""
    programme, survey = invitation.programme, version.content
    respondent = respondent_of(invitation.profile.traits, survey)
    say, own = words(respondent.language), programme.texts.get(respondent.language, {})
    brand, link = programme.survey.workspace.name, link_of(invitation.pk)
    if channel != Channel.EMAIL:
        text = _piped(own.get("short", ""), survey, respondent) or say["short"].format(
            brand=brand, title=_ended(said(survey.title, survey, respondent, {})), link="{link}"
        )
        text = text.replace("{link}", link) if "{link}" in text else f"{text} {link}"
        return Content(f"{text}\n{say['stop']}")
    about = About(
        version, tuple(sorted(own.items())), brand, worn(programme.survey.workspace_id, programme.survey.colour), programme.anonymous,
        _day(invitation, respondent.language), settings.SURVEY_URL or settings.PUBLIC_URL,
    )  # fmt: skip
    if _the_same_for_all(about):
        letter = _of_all(about, respondent.language)
        text, html = (one.replace(_LINK, link).replace(_UNSUBSCRIBE, unsubscribe) for one in (letter.text, letter.html))
    else:
        letter = _letter(about, respondent, link, unsubscribe)
        text, html = letter.text, letter.html
    subject = say["reminder"].format(subject=letter.subject) if step else letter.subject
    return Content(text=text, subject=subject, html=html, headers=unsubscribe_headers(unsubscribe))


#: Stand where each has a way of their own in a letter that is the same for all; nothing of them is written otherwise in HTML.
_LINK, _UNSUBSCRIBE = "https://link.invalid/its-own", "https://unsubscribe.invalid/its-own"


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


@lru_cache(maxsize=512)
def _the_same_for_all(about: About) -> bool:
    """Whether nothing of the customer is piped into it, and nothing of it depends on what is known of them but the language."""
    written = json.dumps(about.version.definition)
    return not any("{{" in text for text in (written, *dict(about.own).values())) and '"trait"' not in written


@lru_cache(maxsize=512)
def _of_all(about: About, language: str) -> Letter:
    return _letter(about, Respondent(language), _LINK, _UNSUBSCRIBE)


def _letter(about: About, respondent: Respondent, link: str, unsubscribe: str) -> Letter:
    survey, look, own = about.version.content, about.look, dict(about.own)
    say, title = words(respondent.language), said(survey.title, survey, respondent, {})
    asked = _first_question(survey, respondent)
    context = {
        "say": say, "language": respondent.language, "direction": direction(respondent.language), "brand": about.brand, "title": title,
        "intro": _piped(own.get("intro", ""), survey, respondent) or said(survey.about, survey, respondent, {}) or say["intro"],
        "asked": asked, "taps": _taps(asked, link) if asked else [], "wide": asked is not None and asked.kind in _WIDE,
        "link": link, "unsubscribe": unsubscribe, "colour": look.colour or _COLOUR, "look": look, "host": about.host,
        "anonymous": say["anonymous"] if about.anonymous else "", "why": say["why"].format(brand=about.brand),
        "until": say["until"].format(date=about.until), "on_colour": on_colour(look.colour or _COLOUR),
    }  # fmt: skip
    return Letter(
        subject=_piped(own.get("subject", ""), survey, respondent) or say["subject"].format(title=title),
        text=render_to_string("listening/invitations/mail.txt", context),
        html=mrml.to_html(render_to_string("listening/invitations/mail.mjml", context)).content,
    )


def _piped(text: str, survey: Survey, respondent: Respondent) -> str:
    return said({respondent.language: text}, survey, respondent, {}) if text else ""


def _ended(title: str) -> str:
    return title if title.endswith((".", "?", "!", "؟")) else f"{title}."


def _day(invitation: Invitation, language: str) -> str:
    assert invitation.expires is not None
    with translation.override(language):
        return formats.date_format(
            invitation.expires.astimezone(invitation.programme.survey.workspace.zone), "DATE_FORMAT"
        )


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


def about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    names = dict(
        Invitation.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "programme__name")
    )
    return {one.pk: names.get(one.sender_id, "") for one in messages}


#: What an outcome changes in the invitation of a message: the columns, and where they have not been changed before.
_CHANGES = {
    Outcome.SENT: ("sent = m.sent", "i.sent is null and m.step = 0"),
    # nobody is asked any more, and will not be
    Outcome.DROPPED: ("because = 'over'", "i.sent is null and i.bounced is null and m.step = 0"),
    Outcome.DELIVERED: ("delivered = %(now)s", "i.delivered is null"),
    Outcome.OPENED: ("opened = %(now)s", "i.opened is null"),
    Outcome.SOFT: ("bounced = %(now)s, bounce = 'soft'", "i.bounced is null"),
    Outcome.HARD: ("bounced = %(now)s, bounce = 'hard'", "true"),
    Outcome.COMPLAINED: ("opted_out = %(now)s", "i.opted_out is null"),
}  # fmt: skip


def told(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    columns, where = _CHANGES[outcome]
    with connection.cursor() as cursor:
        cursor.execute(
            f"update listening_invitation i set {columns} from outreach_message m where m.id = any(%(messages)s) and i.id = m.sender_id and {where}",
            {"messages": [one.pk for one in messages], "now": now},
        )


INVITATIONS = SenderKind(write, about, told)
