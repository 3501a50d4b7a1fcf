"""The pages that respondents see. Looking records nothing; they need no session and set no cookie; the link is the right to answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from regard.customers.people.models import Profile
from regard.listening.answering.brand import brand_css
from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction, names, read_page, survey_page, thanks_page
from regard.listening.answering.phrases import languages, phrases
from regard.listening.answering.take import is_key, page_of, take, take_first
from regard.listening.files.receive import expect_files, receive
from regard.listening.invitations.links import invitation_of
from regard.listening.invitations.message import respondent_of
from regard.listening.invitations.models import Invitation
from regard.listening.links.known import known_by
from regard.listening.links.models import Link
from regard.listening.look.worn import Worn, wearing, worn
from regard.listening.responses.answer import Origin, Used, begin, begin_unnamed, complete, once_key
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import Survey
from regard.listening.surveys.flow import Respondent, next_page, page_before
from regard.listening.surveys.models import Version
from regard.web.languages import best_language


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The first page. Only sending it begins a response."""
    link = (
        Link.objects.select_related("survey__workspace").defer("survey__draft").filter(token=token, closed=None, survey__retired=None).first()
    )
    version = link.survey.published if link else None
    if link is None or version is None:
        return gone(request)
    survey = version.content
    expect_files(request, survey)
    known = known_by(link, request.GET["for"]) if "for" in request.GET else None
    customer = Profile.objects.filter(pk=known.profile, workspace=link.survey.workspace_id).first() if known else None
    if customer is None and "for" in request.GET:  # never as somebody unknown what was meant of somebody known
        return gone(request)
    language, action = _language(request, survey), request.get_full_path() if known else request.path
    respondent = Respondent(language, customer.traits if customer else {})
    first = next_page(survey, -1, {}, respondent)
    if first is None:
        return gone(request)
    if request.method != "POST":
        return _show(request, version, first, {}, respondent, key=secrets.token_urlsafe(24), action=action)
    key, now = _key(request), timezone.now()
    origin = Origin.of_link(link, profile=customer.pk if customer else None)
    if known is not None and known.unit is not None:
        origin = replace(origin, unit=known.unit)
    trial = _is_trial(request, version)
    name = once_key(link.pk) if link.once and not trial else f"{link.pk}/{key}"
    found = partial(begin, origin, version, key=name, language=language, now=now, test=trial)
    fields, unfit = _page(request, version, first, language)
    taken = take_first(version, first, fields, respondent, begins=found, now=now, unfit=unfit)
    if taken.response is None:
        return _show(
            request, version, first, taken.answers, respondent, key=key, action=action, errors=taken.errors, typed=fields
        )
    return _go_on(taken.response, taken.following)


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The first page for somebody who was invited, with the answer chosen in the message: only sending it counts."""
    now, invitation = timezone.now(), invitation_of(token)
    if invitation is None:
        return gone(request)
    known = Response.objects.filter(invitation=invitation).first()
    if known is not None and request.method != "POST":
        return private(redirect("answering:response", known.token))
    version = invitation.programme.survey.published
    ended = invitation.expires is None or invitation.expires <= now or invitation.programme.survey.retired
    over = ended and known is None
    if version is None or over or (invitation.programme.anonymous and invitation.started and request.method != "POST"):
        return gone(request)
    survey = version.content
    expect_files(request, survey)
    respondent = _spoken_to(request, invitation, survey)
    first = next_page(survey, -1, {}, respondent)
    if first is None:
        return gone(request)
    if request.method != "POST":
        chosen, _unfit = read_page(survey, first, _chosen(request), {}, respondent)
        return _show(
            request,
            version,
            first,
            chosen,
            respondent,
            key=secrets.token_urlsafe(24),
            action=request.path,
            colours=token,
        )
    key = _key(request)
    if invitation.programme.anonymous:
        found = partial(begin_unnamed, invitation, version, key=f"unnamed/{key}", language=respondent.language, now=now)
    else:
        origin = Origin.of_invitation(invitation)
        found = partial(
            begin, origin, version, key=f"invitation/{invitation.pk}", language=respondent.language, now=now
        )
    try:
        fields, unfit = _page(request, version, first, respondent.language)
        taken = take_first(version, first, fields, respondent, begins=found, now=now, unfit=unfit)
    except Used:
        return gone(request)
    if taken.response is None:
        return _show(
            request, version, first, taken.answers, respondent, key=key, action=request.path, errors=taken.errors, typed=fields, colours=token
        )  # fmt: skip
    return _go_on(taken.response, taken.following)


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Any page of a response that was begun, on whatever device; and at its end the thanks."""
    response = (
        Response.objects.select_related("version__survey__workspace")
        .defer("version__definition", "version__survey__draft")
        .filter(token=token)
        .first()
    )
    if response is None:
        return gone(request)
    if response.completed:
        return _thanks(request, response)
    expect_files(request, response.version.content)
    asked, respondent = request.GET.get("page", ""), response.respondent
    number = page_of(response, int(asked) if asked.isdecimal() and len(asked) < 4 else None)
    if number is None:
        return _thanks(request, complete(response, now=timezone.now())) if request.method == "POST" else gone(request)
    errors: Mapping[str, str] = {}
    fields: Mapping[str, Sequence[str]] | None = None
    if request.method == "POST":
        fields, unfit = _page(request, response.version, number, respondent.language)
        taken = take(response, number, fields, now=timezone.now(), unfit=unfit)
        response, errors = taken.response or response, taken.errors
        if not errors:
            return _go_on(response, taken.following)
    action = request.get_full_path()
    return _show(
        request, response.version, number, response.answers, respondent, action=action, response=response, errors=errors, typed=fields
    )


@limited(busy_page)
@require_safe
def brand(request: HttpRequest, token: str) -> HttpResponse:
    """The colours and the font of whoever asks."""
    found = Link.objects.filter(token=token).values_list("survey__workspace", "survey__colour").first()
    if found is None and (invitation := invitation_of(token)):
        found = invitation.programme.survey.workspace_id, invitation.programme.survey.colour
    if found is None:
        found = Response.objects.filter(token=token).values_list("workspace", "version__survey__colour").first()
    look = worn(*found) if found else Worn()
    answer = HttpResponse(brand_css(look.colour, look.stack), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _spoken_to(request: HttpRequest, invitation: Invitation, survey: Survey) -> Respondent:
    """In the language chosen on the page, else in theirs. Nothing else is known of somebody who answers without their name."""
    chosen = request.POST.get("lang") or request.GET.get("lang") or ""
    traits = invitation.profile.traits
    language = chosen if chosen in survey.languages else respondent_of(traits, survey).language
    return Respondent(language, {} if invitation.programme.anonymous else traits)


def _chosen(request: HttpRequest) -> dict[str, Sequence[str]]:
    """What was tapped in the message."""
    question = request.GET.get("question", "")
    return {"asked": [question], question: [request.GET.get("answer", "")]} if question else {}


def _key(request: HttpRequest) -> str:
    """What the page is called, so that it may be sent twice."""
    key = request.POST.get("key", "")
    return key if is_key(key) else secrets.token_urlsafe(24)


def _go_on(response: Response, following: int | None) -> HttpResponse:
    address = reverse("answering:response", args=[response.token])
    return private(redirect(address if following is None else f"{address}?page={following}"))


def _show(
    request: HttpRequest, version: Version, number: int, answers: Mapping[str, Any], respondent: Respondent, *, action: str, key: str = "",
    response: Response | None = None, errors: Mapping[str, str] | None = None, typed: Mapping[str, Sequence[str]] | None = None,
    colours: str = "",
) -> HttpResponse:  # fmt: skip
    survey = version.content
    page = survey_page(survey, number, answers, respondent, errors=errors, typed=typed if errors else None)
    before = page_before(survey, number, answers, respondent) if response else None
    context = {
        "page": page, "key": key, "action": action,
        "files": any(asked.kind == "file" for asked in page.questions), "errors": bool(errors),
        "languages": names(survey) if response is None and len(survey.languages) > 1 else {},
        "back": f"{reverse('answering:response', args=[response.token])}?page={before}" if response and before is not None else "",
        # whoever is asked for stays so in another language
        "carried": f"{urlencode({'for': request.GET['for']})}&" if "for" in request.GET and response is None else "",
        **wearing(version.survey.workspace, colours=_colours(request, response, colours)),
        "trial": response.test if response else _is_trial(request, version),
    }  # fmt: skip
    answer = render(request, "listening/answering/page.html", context)
    patch_vary_headers(answer, ["Accept-Language"])
    return private(answer)


def _thanks(request: HttpRequest, response: Response) -> HttpResponse:
    context = {
        "page": thanks_page(response.version.content, response.answers, response.respondent),
        **wearing(response.version.survey.workspace, colours=_colours(request, response)),
        "mine": "" if response.test else reverse("mine:show", args=[response.token]),
    }  # fmt: skip
    return private(render(request, "listening/answering/thanks.html", context))


def gone(request: HttpRequest) -> HttpResponse:
    """The same for a link that was closed, one of a survey that is not published, and one that never was."""
    language = best_language(request, languages())
    page = {"language": language, "direction": direction(language), "say": phrases(language)}
    return private(render(request, "listening/answering/gone.html", {"page": page}, status=404))


def _is_trial(request: HttpRequest, version: Version) -> bool:
    """Somebody of the company who says that they only try it out."""
    member = getattr(request, "member", None)
    asked = "trial" in request.GET or "trial" in request.POST
    return asked and member is not None and member.workspace_id == version.survey.workspace_id


def _page(request: HttpRequest, version: Version, number: int, language: str) -> tuple[dict[str, Sequence[str]], dict[str, str]]:
    """The page as it was sent, its files put among its fields; and which of them cannot be taken: question → a sentence."""
    fields = _fields(request)
    return fields, receive(request, version.content.pages[number].questions, fields, language)


def _fields(request: HttpRequest) -> dict[str, Sequence[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _language(request: HttpRequest, survey: Survey) -> str:
    """The one chosen on the page, else the browser's favourite among those of the survey, else its first."""
    chosen = request.POST.get("lang") or request.GET.get("lang") or ""
    return chosen if chosen in survey.languages else best_language(request, survey.languages)


def _colours(request: HttpRequest, response: Response | None, token: str = "") -> str:
    token = response.token if response else token or request.path.rstrip("/").rpartition("/")[2]
    return reverse("answering:brand", args=[token])


def private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
    return answer
