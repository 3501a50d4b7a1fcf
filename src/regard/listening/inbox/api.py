from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl

from regard.listening.inbox.queries import filtered, one, place, seen, some
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Contact, File
from regard.listening.surveys.flow import kept
from regard.listening.surveys.models import Survey
from regard.web.moments import Moment
from regard.workspace.keys.caller import Caller, caller

router = Router(tags=["responses"])


class QuestionOut(Schema):
    id: str
    kind: str
    text: dict[str, str]
    options: dict[str, dict[str, str]] = Field(description="of a choice its options, of a matrix its rows: id to text by language")


class SurveyOut(Schema):
    id: int
    name: str
    version: int | None = Field(description="what is asked today; null before it was published")
    languages: list[str]
    questions: list[QuestionOut]


class ResponseOut(Schema):
    id: UUID
    survey: int
    version: int
    answers: dict[str, Any] = Field(description="by the ids of questions, as they are kept: a score, an option’s id, a list, words")
    saved: str = Field(description="when it was last added to; of anonymous answers only the day")
    complete: bool
    test: bool
    language: str
    channel: str
    touchpoint: str | None
    unit: str | None
    programme: str | None
    customer: int | None
    state: str
    tags: list[str]


class ResponsesOut(Schema):
    items: list[ResponseOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


@router.get("/surveys", response=list[SurveyOut], summary="Surveys, with the questions that are asked today")
def surveys(request: HttpRequest) -> list[dict[str, Any]]:
    return [_survey(found) for found in Survey.objects.filter(workspace=caller(request).workspace, retired=None).order_by("name")[:500]]


@router.get("/responses", response=ResponsesOut, summary="What was answered, the newest first")
def responses(
    request: HttpRequest,
    survey: int = FromUrl(0, ge=0, lt=2**31),
    programme: int = FromUrl(0, ge=0, lt=2**31),
    state: Literal["", "new", "read", "done", "test"] = "",
    tag: str = FromUrl("", max_length=40),
    since: Moment | None = FromUrl(None, description="added to at that moment or later, such as 2026-11-26T08:00:00Z"),  # noqa: B008
    limit: int = FromUrl(50, ge=1, le=500),
    after: str = FromUrl("", max_length=80),
) -> dict[str, Any]:
    who = caller(request)
    given = {"survey": str(survey or ""), "programme": str(programme or ""), "state": state, "tag": tag.replace("\0", "")}
    found = filtered(seen(who.scope, who.workspace), given, workspace=who.workspace.pk, me=0)
    if since is not None:
        found = found.filter(saved__gte=since if since.tzinfo else since.replace(tzinfo=who.workspace.zone))
    if after and place(after) is None:  # beginning again would have whoever goes on by it go in circles
        raise HttpError(400, "`after` is none of ours: give what `next` said.")
    items, following = some(found, place(after), limit)
    return {"items": [_response(one, who) for one in items], "next": following or None}


@router.get("/responses/{uuid:id}", response=ResponseOut, summary="One response")
def response(request: HttpRequest, id: UUID) -> dict[str, Any]:
    who = caller(request)
    found = one(seen(who.scope, who.workspace), id)
    if found is None:
        raise Http404
    return _response(found, who)


def _survey(survey: Survey) -> dict[str, Any]:
    version = survey.published
    content = version.content if version else survey.content
    questions = [
        {"id": one.id, "kind": one.kind, "text": one.text,
         "options": {part.id: part.text for part in (*getattr(one, "options", ()), *getattr(one, "rows", ()))}}
        for one in content.questions()
    ]  # fmt: skip
    return {
        "id": survey.pk, "name": survey.name, "version": version.number if version else None, "languages": list(content.languages),
        "questions": questions,
    }  # fmt: skip


def _response(found: Response, who: Caller) -> dict[str, Any]:
    content = found.version.content
    answers = kept(content, found.answers, found.respondent)
    if who.scope.masked:
        hidden = {one.id for one in content.questions() if isinstance(one, Contact | File)}
        answers = {id: "…" if id in hidden else answer for id, answer in answers.items()}
    anonymous = found.programme is not None and found.programme.anonymous
    return {
        "id": found.pk, "survey": found.version.survey_id, "version": found.version.number, "answers": answers,
        "saved": found.saved.date().isoformat() if anonymous else found.saved.isoformat(), "complete": found.completed is not None,
        "test": found.test, "language": found.language, "channel": found.channel,
        "touchpoint": found.touchpoint.name if found.touchpoint else None, "unit": found.unit.name if found.unit else None,
        "programme": found.programme.name if found.programme else None,
        "customer": found.profile.customer_id if found.profile and not anonymous else None, "state": found.state, "tags": found.tags,
    }  # fmt: skip
