"""What an invitation reads like when it goes out, and what is noted of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import formats, timezone, translation

from regard.customers.contact.channels import Channel
from regard.customers.contact.public.links import links_to_unsubscribe, unsubscribe_headers
from regard.customers.traits.language import spoken
from regard.listening.invitations.letter import About, piped, written
from regard.listening.invitations.links import link_of
from regard.listening.invitations.models import Invitation
from regard.listening.invitations.words import words
from regard.listening.look.worn import worn
from regard.listening.surveys.definition import Survey
from regard.listening.surveys.flow import Respondent, said
from regard.listening.surveys.models import Version
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content, Outcome, SenderKind


def respondent_of(traits: Mapping[str, Any], survey: Survey) -> Respondent:
    """In the language of theirs that the survey speaks, else in its first."""
    return Respondent(spoken(traits, survey.languages) or survey.languages[0], traits)


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
        text = piped(own.get("short", ""), survey, respondent) or say["short"].format(
            brand=brand, title=_ended(said(survey.title, survey, respondent, {})), link="{link}"
        )
        text = text.replace("{link}", link) if "{link}" in text else f"{text} {link}"
        return Content(f"{text}\n{say['stop']}")
    about = About(
        version, tuple(sorted(own.items())), brand, worn(programme.survey.workspace_id, programme.survey.colour), programme.anonymous,
        _day(invitation, respondent.language), settings.SURVEY_URL or settings.PUBLIC_URL,
    )  # fmt: skip
    letter = written(about, respondent, link, unsubscribe)
    subject = say["reminder"].format(subject=letter.subject) if step else letter.subject
    return Content(text=letter.text, subject=subject, html=letter.html, headers=unsubscribe_headers(unsubscribe))


def _ended(title: str) -> str:
    return title if title.endswith((".", "?", "!", "؟")) else f"{title}."


def _day(invitation: Invitation, language: str) -> str:
    assert invitation.expires is not None
    with translation.override(language):
        return formats.date_format(
            invitation.expires.astimezone(invitation.programme.survey.workspace.zone), "DATE_FORMAT"
        )


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
