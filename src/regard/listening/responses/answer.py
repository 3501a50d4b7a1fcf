"""The verbs of a response: begun, saved page by page, completed; and what of it reaches the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from regard.ledger.feeling import feeling
from regard.ledger.inbox.put import put_rows
from regard.ledger.record.correct import forget
from regard.ledger.sources.product import product_source
from regard.listening.answering.reading import OTHER
from regard.listening.files.store import claim
from regard.listening.invitations.answered import answered, answered_unasked
from regard.listening.invitations.models import Invitation
from regard.listening.links.models import Link
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Choice, Consent, Contact, File, Matrix, Statement, Text
from regard.listening.surveys.flow import kept, scale, screened_out
from regard.listening.surveys.models import Version
from regard.listening.widgets.models import Widget

#: A response that nothing was added to for so long counts as it is.
FINAL_AFTER = timedelta(hours=1)
#: Ways of contact that interactions know by another name.
_CALLED = {"WhatsApp": "chat", "in-app": "web"}


#: Of these several follow one another in one request: its transaction is theirs, and a savepoint for each costs more than what it does.
_atomic = transaction.atomic(savepoint=False)


@dataclass(frozen=True)
class Origin:
    """By which way somebody came to answer, what that way is about, and who they are where it is known."""

    channel: str = ""
    touchpoint: int | None = None
    unit: int | None = None
    link: Link | None = None
    profile: int | None = None
    programme: int | None = None
    invitation: int | None = None
    widget: Widget | None = None

    @classmethod
    def of_link(cls, link: Link, *, profile: int | None = None) -> Origin:
        return cls(link.channel, link.touchpoint_id, link.unit_id, link, profile)

    @classmethod
    def of_widget(cls, widget: Widget, *, profile: int | None = None) -> Origin:
        return cls(widget.channel, widget.touchpoint_id, widget.unit_id, None, profile, widget=widget)

    @classmethod
    def of_invitation(cls, invitation: Invitation) -> Origin:
        """Of an anonymous programme only what it was about, and by which channel."""
        programme = invitation.programme
        whose = (None, programme.pk, None) if programme.anonymous else (invitation.profile_id, programme.pk, invitation.pk)
        channel = _CALLED.get(invitation.channel, invitation.channel)
        return cls(channel, invitation.touchpoint_id, invitation.unit_id, None, *whose)


@_atomic
def begin(
    origin: Origin, version: Version, *, key: str, language: str, now: datetime, answers: Mapping[str, Any] | None = None, test: bool = False
) -> Response:  # fmt: skip
    """With what was answered on the page it was begun on. The page sent twice, or in fifty tabs at once, is one response. Held as it stands
    until the transaction ends.
    """
    ours = Response(
        key=key, workspace_id=version.survey.workspace_id, version=version, link=origin.link, widget=origin.widget, profile_id=origin.profile,
        programme_id=origin.programme, invitation_id=origin.invitation, language=language, channel=origin.channel,
        touchpoint_id=origin.touchpoint, unit_id=origin.unit, saved=now, test=test, answers=_given({}, answers or {}),
    )  # fmt: skip
    # one statement tells whether it is the first: asking before would be another, and a savepoint for those who lose the race two more
    Response.objects.bulk_create([ours], ignore_conflicts=True)
    made = Response.objects.select_for_update().get(key=key)
    if made.pk != ours.pk:
        return save(made, answers or {}, now=now)
    made.version, made.link, made.widget = version, origin.link, origin.widget
    if version.content.files() & made.answers.keys():
        made.answers = _given({}, claim(Response(pk=made.pk, version=version), made.answers))
        made.save(update_fields=["answers"])
    if origin.invitation is not None and not test:
        Invitation.objects.filter(pk=origin.invitation, started=None).update(started=now)
    return made


class Used(Exception):
    """An invitation of an anonymous programme answers once: nothing says which response was its own."""


@transaction.atomic
def begin_unnamed(
    invitation: Invitation, version: Version, *, key: str, language: str, now: datetime, answers: Mapping[str, Any] | None = None
) -> Response:  # fmt: skip
    """Of the invitation no more is kept than that it was used, and on which day. Raises Used."""
    held = Invitation.objects.select_for_update().select_related("programme").get(pk=invitation.pk)
    known = Response.objects.filter(key=key, programme=held.programme_id).first()
    if held.started is not None and known is None:
        raise Used
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    Invitation.objects.filter(pk=held.pk).update(started=day)
    return begin(Origin.of_invitation(held), version, key=key, language=language, now=now, answers=answers)


@_atomic
def save(response: Response, answers: Mapping[str, Any], *, now: datetime) -> Response:
    """Add what was answered on a page; None takes an answer back. What is complete stays as it is."""
    current = _held(response)
    if current.completed is None:
        current.answers, current.saved = _given(current.answers, claim(current, answers)), now
        current.final = None  # more has come: it is final again an hour from now
        current.save(update_fields=["answers", "saved", "final"])
    return current


def _given(before: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {id: answer for id, answer in {**before, **answers}.items() if answer is not None}


def _held(response: Response) -> Response:
    """As it stands, until the transaction ends."""
    current = Response.objects.select_for_update().get(pk=response.pk)
    if Response.version.is_cached(response):
        current.version = response.version
    return current


@_atomic
def complete(response: Response, *, now: datetime, held: bool = False) -> Response:
    """All pages were seen. Exactly once, however often it is said. `held`: begun or saved in this transaction."""
    current = response if held else _held(response)
    if current.completed is None:
        again = current.recorded > 0
        current.completed = current.saved = now
        current.screened = screened_out(current.version.content, current.answers, current.respondent) is not None
        _to_the_day(current)
        _record(current)
        current.save(update_fields=["begun", "completed", "saved", "inbox", "recorded", "tone", "screened"])
        if current.key == once_key(current.link_id) and not current.test:
            Link.objects.filter(pk=current.link_id or 0, once=True, closed=None).update(closed=now)
        if current.screened:
            _tell(current, now, screened=now, partial=None)
        elif not again:  # a change of mind is no second answer
            _tell(current, now, completed=now, partial=None)
        elif current.invitation_id is not None:
            Invitation.objects.filter(pk=current.invitation_id, completed=None).update(completed=now, partial=None)
    return current


@transaction.atomic
def finalise(response: Response, *, now: datetime) -> bool:
    """Let an incomplete response count as it is. Whether it was one."""
    current = Response.objects.select_for_update().select_related("version__survey").get(pk=response.pk)
    if current.completed or current.final or current.saved > now - FINAL_AFTER:
        return False
    current.final = now
    _to_the_day(current)
    if current.answers:
        _record(current)
    current.save(update_fields=["begun", "final", "saved", "inbox", "recorded", "tone"])
    _tell(current, now, partial=now if current.answers else None)
    return True


def _to_the_day(response: Response) -> None:
    """Of an anonymous answer no more of its time is kept: whoever knows who was at a mailbox at that minute learns nothing."""
    if response.programme is None or not response.programme.anonymous:
        return
    zone = response.version.survey.workspace.zone
    for name in ("begun", "saved", "completed", "final"):
        moment = getattr(response, name)
        if moment is not None:
            setattr(response, name, moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0))


def _tell(response: Response, now: datetime, **times: datetime | None) -> None:
    """The invitation it answers, and the programmes that follow. Without one, only the limits that count from an answer."""
    if response.test:
        return
    if response.invitation is not None:
        Invitation.objects.filter(pk=response.invitation.pk).update(**times)
        if response.completed and not response.screened:
            answered(response.invitation, now=now)
    elif response.completed and not response.screened and response.profile_id is not None:
        answered_unasked(response.workspace_id, response.profile_id, response.channel, now=now)


@transaction.atomic
def reopen(response: Response, *, now: datetime) -> None:
    """They think better of it. What they said counts until they have said it anew."""
    current = _held(response)
    current.completed = current.final = None
    current.saved = now
    current.save(update_fields=["completed", "final", "saved"])


@transaction.atomic
def take_back(response: Response) -> None:
    """It never was: out of the ledger, and gone."""
    current = _held(response)
    if current.inbox is not None:
        forget(current.workspace_id, [current.inbox])
    current.delete()


@transaction.atomic
def mark_test(response: Response, *, test: bool) -> bool:
    """A trial never counts: its answers leave the ledger, and come back when it is found to be none. Whether that was new."""
    current = Response.objects.select_for_update(of=("self",)).select_related("version__survey", "programme").get(pk=response.pk)
    if current.test == test:
        return False
    current.test = test
    if current.completed or current.final:
        _record(current)
    current.save(update_fields=["test", "inbox", "recorded", "tone"])
    if current.invitation_id is not None:
        times = {"started": current.begun, "completed": current.completed, "partial": None if current.completed else current.final}
        Invitation.objects.filter(pk=current.invitation_id).update(**(dict.fromkeys(times) if test else times))
    return True


def _record(response: Response) -> None:
    """Its answers into the inbox, in place of those that were there; of a trial none."""
    response.tone = _tone(response)
    rows = [] if response.test or response.screened else list(_rows(response))
    if response.inbox is not None:
        forget(response.workspace_id, [response.inbox])
        response.inbox = None
    if rows:
        source = product_source(response.workspace_id, response.version.survey.name)
        response.recorded += 1
        response.inbox = put_rows(workspace=response.workspace_id, source=source, rows=rows).pk


def _tone(response: Response) -> str:
    """How it felt, by the first question with a score."""
    for question in response.version.content.questions():
        score = response.answers.get(question.id)
        if isinstance(score, int | float) and (range_ := scale(question)) is not None:
            return feeling(question.kind, score, *range_)
    return ""


def once_key(link: int | None) -> str:
    """What a response is called that a link takes but once."""
    return f"{link}/once"


def _rows(response: Response) -> Iterator[dict[str, object]]:
    survey = response.version.content
    answers = kept(survey, response.answers, response.respondent)
    explained = {
        question.comments: answers[question.id]
        for question in survey.questions()
        if isinstance(question, Text) and question.comments and question.id in answers
    }
    for question in survey.questions():
        if question.id not in answers or isinstance(question, Statement | Consent | Contact | File):
            continue
        if isinstance(question, Text) and question.comments in answers:
            continue  # stands with what it explains
        for part, told, properties in _told(question, answers[question.id]):
            row: dict[str, object] = {
                "kind": "answer", "message_id": f"response/{response.pk}/{response.recorded}/{question.id}/{part}",
                "at": response.saved.isoformat(), "event": response.version.survey.name[:200], "language": response.language,
                "response": str(response.pk), "programme": response.programme.name if response.programme else None, "about": response.profile_id,
                "channel": response.channel or None, "unit": response.unit.name if response.unit else None,
                "touchpoint": question.touchpoint or (response.touchpoint.name if response.touchpoint else None),
                "properties": json.dumps({"question": question.id, **_round(response), **properties}), **told,
            }  # fmt: skip
            if question.id in explained:
                row["text"] = explained[question.id]
            yield {name: value for name, value in row.items() if value is not None}


def _round(response: Response) -> dict[str, str]:
    """Which round of its programme it belongs to, so that rounds make one line."""
    if response.programme is None:
        return {}
    wave = response.invitation.wave if response.invitation else response.programme.wave_at(response.begun)
    return {"wave": str(wave)}


def _told(question: Any, answer: Any) -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    """What a question's answer is in the ledger: a score on a scale, words, or what was chosen. Part, columns, properties."""
    match question:
        case Matrix():
            for row, score in answer.items():
                yield row, _score("rating", score, 1, question.points), {"part": row}
        case Text():
            yield "", {"text": answer}, {}
        case Choice():
            listed = answer if isinstance(answer, list) else [answer]
            for place, one in enumerate(listed, 1):
                own = one.get(OTHER, "") if isinstance(one, dict) else ""
                chosen = OTHER if isinstance(one, dict) else one
                ranked = {"place": place} if question.how == "ranked" else {}
                yield chosen, {"outcome": chosen, "text": own or None}, {"answer": chosen, **ranked}
        case _:
            if (range_ := scale(question)) is not None:
                yield "", _score(question.kind, answer, *range_), {}
            else:
                yield "", {}, {"answer": answer}


def _score(metric: str, score: float, low: int, high: int) -> dict[str, object]:
    return {"metric": metric, "scale_low": low, "scale_high": high, "score": float(score)}
