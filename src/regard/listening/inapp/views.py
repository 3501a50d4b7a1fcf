"""Surveys over JSON, for apps and widgets of any host: no cookie, no session; the key is the right to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from typing import Any

import msgspec
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from regard.customers.people.models import Profile
from regard.listening.answering.limits import limited, may_send_file
from regard.listening.answering.page import survey_page, thanks_page
from regard.listening.answering.reading import Unfit
from regard.listening.answering.take import Taken, is_key, page_of, take, take_first
from regard.listening.files.store import keep
from regard.listening.inapp.customer import customer_of
from regard.listening.inapp.doors import Door, door
from regard.listening.inapp.given import answers_given
from regard.listening.inapp.shapes import definition_shape, page_shape, survey_shape, thanks_shape, widget_shape
from regard.listening.inapp.trial import is_trial
from regard.listening.responses.answer import begin, complete
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import File
from regard.listening.surveys.flow import Respondent, next_page, page_before, shown
from regard.listening.surveys.models import Version
from regard.web.languages import best_language

LARGEST_BODY = 300_000
#: How long a device may have had no network.
_LONGEST_AWAY = timedelta(days=31)
_CORS = {
    "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "content-type", "Access-Control-Expose-Headers": "Retry-After", "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}  # fmt: skip


class Customer(msgspec.Struct, frozen=True):
    signature: str
    user_id: str = ""
    email: str = ""


class Sent(msgspec.Struct, frozen=True):
    """A page with its answers."""

    answers: dict[str, Any] = {}
    #: The questions that were shown; those of the page where it is left out.
    asked: list[str] | None = None
    page: int | None = None
    # of the first page alone
    key: str = ""
    language: str = ""
    version: int | None = None
    customer: Customer | None = None
    trial: str = ""
    #: When it was answered, where a kiosk had no network.
    at: datetime | None = None


class Refused(Exception):
    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.answer = problem(status, title, detail)


def problem(status: int, title: str, detail: str, **more: Any) -> HttpResponse:
    """RFC 9457, as everywhere in the API."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def _not_there() -> HttpResponse:
    return problem(
        404, "Not found", "There is nothing to answer here. The key may be incomplete, or the survey has ended."
    )


def _busy(request: HttpRequest) -> HttpResponse:
    return problem(429, "Too many requests", "Wait as long as Retry-After says, then send it again. Nothing is lost.")


def public(*methods: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Open to every site, with these methods; whatever goes wrong can be read there too."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def held(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            answer: HttpResponseBase
            if request.method == "OPTIONS":
                answer = HttpResponse(status=204)
            elif request.method not in methods:
                answer = problem(405, "Method not allowed", f"This address takes {' and '.join(methods)}.")
                answer["Allow"] = ", ".join([*methods, "OPTIONS"])
            else:
                try:
                    answer = bounded(request, *args, **more)
                except Refused as refused:
                    answer = refused.answer
            for name, value in _CORS.items():
                answer[name] = value
            if not answer.has_header("Cache-Control"):
                answer["Cache-Control"] = "no-store"
            return answer

        bounded = limited(_busy)(view)
        return csrf_exempt(held) if "POST" in methods else held

    return around


@public("GET", "HEAD", "POST")
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the first page. POST: its answers; a response begins."""
    found = door(key)
    if found is None:
        return _not_there()
    if request.method == "POST":
        return _begin(request, found, _sent(request))
    version, language = found.version, _language(request, found.version, request.GET.get("language", ""))
    respondent = Respondent(language, files=not found.kiosk)
    first = next_page(version.content, -1, {}, respondent)
    if first is None:
        return _not_there()
    page = page_shape(survey_page(version.content, first, {}, respondent), {})
    return JsonResponse(survey_shape(version, language) | {"page": page})


@public("GET", "HEAD")
def widget(request: HttpRequest, key: str) -> HttpResponse:
    """Where, when and to whom a widget shows itself: the script on the page decides by it."""
    found = door(key)
    if found is None or found.widget is None:
        return _not_there()
    answer = JsonResponse(widget_shape(found.widget, found.version))
    answer["Cache-Control"] = "public, max-age=60"
    return answer


@public("GET", "HEAD")
def definition(request: HttpRequest, key: str) -> HttpResponse:
    """The whole survey, for a device that may be without a network."""
    found = door(key)
    return JsonResponse(definition_shape(found.version)) if found else _not_there()


@public("POST")
def file(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a file, sent as the body, for an answer to `question` of whatever `key` opens: a survey, or a response that was begun."""
    begun = Response.objects.select_related("version__survey", "link").filter(token=key).first()
    found = None if begun else door(key)
    version = begun.version if begun else found.version if found else None
    at_kiosk = found.kiosk if found else begun is not None and not begun.respondent.files
    question = version.content.question(request.GET.get("question", "")) if version else None
    if version is None or at_kiosk or not isinstance(question, File):
        return _not_there()
    language = begun.language if begun else _language(request, version, request.GET.get("language", ""))
    body, most = request.read(settings.ANSWER_FILE_BYTES + 1), settings.ANSWER_FILE_BYTES
    try:
        if len(body) > most:
            raise Unfit("file_large", most=most // 1_000_000)
        if not may_send_file(request):
            return _busy(request)
        kept = keep(SimpleUploadedFile(request.GET.get("name", "")[:200] or "file", body), question)
    except Unfit as problem:
        return _wrong({question.id: problem.said(language)})
    return JsonResponse({"file": str(kept.pk), "name": kept.name, "kind": kept.kind, "size": kept.size})


@public("GET", "HEAD", "POST")
def response(request: HttpRequest, token: str) -> HttpResponse:
    """Any later page of a response that was begun, by its token; at its end the thanks."""
    found = Response.objects.select_related("version__survey__workspace", "link").defer("version__definition").filter(token=token).first()
    if found is None:
        return _not_there()
    if request.method == "POST" and not found.completed:
        return _go_on(found, _sent(request))
    asked = request.GET.get("page", "")
    number = page_of(found, int(asked) if asked.isdecimal() and len(asked) < 4 else None)
    return _told(Taken(found.answers, {}, found, number))


def _begin(request: HttpRequest, found: Door, sent: Sent) -> HttpResponse:
    if not is_key(sent.key):
        raise Refused(
            400, "A key is needed",
            "Send as `key` 20 to 40 letters, digits, - and _, chosen at random for each response: then the same page sent twice is one.",
        )  # fmt: skip
    version = found.at(sent.version)
    content, language = version.content, _language(request, version, sent.language)
    number = next_page(content, -1, {}, Respondent(language, files=not found.kiosk))
    if number is None:
        return _not_there()
    profile, now = _profile(found, sent), _moment(sent, kiosk=found.kiosk)
    respondent = Respondent(language, profile.traits if profile else {}, files=not found.kiosk)
    fields, unfit = _fields(sent, version, number, {}, respondent)
    begins = partial(
        begin, found.origin(profile=profile.pk if profile else None), version, key=found.own(sent.key), language=language, now=now,
        test=bool(sent.trial) and is_trial(sent.trial, found.survey.pk),
    )  # fmt: skip
    return _told(take_first(version, number, fields, respondent, begins=begins, now=now, unfit=unfit))


def _go_on(found: Response, sent: Sent) -> HttpResponse:
    now = _moment(sent, kiosk=found.link is not None and found.link.kiosk)
    number = page_of(found, sent.page)
    if number is None:  # nothing shows any more
        return _told(Taken({}, {}, complete(found, now=now)))
    fields, unfit = _fields(sent, found.version, number, found.answers, found.respondent)
    return _told(take(found, number, fields, now=now, unfit=unfit))


def _told(taken: Taken) -> HttpResponse:
    """What comes next, or what is wrong."""
    found = taken.response
    if taken.errors or found is None:
        return _wrong(taken.errors, found.token if found else "")
    content, respondent = found.version.content, found.respondent
    told: dict[str, Any] = {
        "response": found.token,
        "identified": found.profile_id is not None,
        "page": None,
        "thanks": None,
    }
    if found.completed:
        told["thanks"] = thanks_shape(thanks_page(content, found.answers, respondent))
    elif taken.following is not None:
        page = survey_page(content, taken.following, found.answers, respondent)
        before = page_before(content, taken.following, found.answers, respondent)
        told["page"] = page_shape(page, found.answers, before=before)
    return JsonResponse(told)


def _wrong(errors: Mapping[str, str], token: str = "") -> HttpResponse:
    detail = "Some answers cannot be taken: `errors` says for each question why, in the respondent’s language."
    return problem(
        422, "Some answers cannot be taken", detail, errors=dict(errors), **({"response": token} if token else {})
    )


def _fields(
    sent: Sent, version: Version, number: int, answers: Mapping[str, Any], respondent: Respondent
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The page as a form, and what has no form: question → a sentence."""
    page = version.content.pages[number]
    asked = sent.asked if sent.asked is not None else [one.id for one in shown(page, answers, respondent)]
    listed = [one for one in page.questions if one.id in set(asked)]
    fields, unfit = answers_given(sent.answers, listed, respondent.language)
    return fields | {"asked": [one.id for one in listed if one.id not in unfit]}, unfit


def _profile(found: Door, sent: Sent) -> Profile | None:
    if found.widget is None or sent.customer is None:
        return None
    told = sent.customer
    number = customer_of(found.widget, user_id=told.user_id, email=told.email, signature=told.signature)
    return Profile.objects.get(pk=number, workspace=found.survey.workspace_id) if number else None


def _moment(sent: Sent, *, kiosk: bool) -> datetime:
    """Now; of a kiosk when it was answered, as far as that can be."""
    now = timezone.now()
    if not kiosk or sent.at is None or sent.at.tzinfo is None:
        return now
    return min(max(sent.at, now - _LONGEST_AWAY), now).astimezone(UTC)


def _language(request: HttpRequest, version: Version, chosen: str) -> str:
    languages = version.content.languages
    return chosen if chosen in languages else best_language(request, languages)


def _sent(request: HttpRequest) -> Sent:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > LARGEST_BODY:
        raise Refused(413, "Too large", f"A page of answers is at most {LARGEST_BODY // 1000} KB.")
    try:
        return msgspec.json.decode(request.body, type=Sent)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as wrong:
        raise Refused(
            400, "This cannot be read", f'Send a JSON object such as {{"key": …, "answers": …}}: {wrong}.'
        ) from None
