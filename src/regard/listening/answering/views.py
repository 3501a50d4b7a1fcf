"""The pages that respondents see. Looking records nothing; they need no session and set no cookie; the link is the right to answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from regard.listening.answering.brand import brand_css
from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction, names, survey_page, thanks_page
from regard.listening.answering.phrases import languages, phrases
from regard.listening.answering.take import is_key, page_of, respondent_of, take, take_first
from regard.listening.links.models import Link
from regard.listening.responses.answer import Origin, complete
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
        Link.objects.select_related("survey__workspace").filter(token=token, closed=None, survey__retired=None).first()
    )
    version = link.survey.published if link else None
    if link is None or version is None:
        return gone(request)
    survey = version.content
    language = _language(request, survey)
    respondent = Respondent(language)
    first = next_page(survey, -1, {}, respondent)
    if first is None:
        return gone(request)
    if request.method != "POST":
        return _show(request, version, first, {}, respondent, key=secrets.token_urlsafe(24), action=request.path)
    key = request.POST.get("key", "")
    if not is_key(key):
        key = secrets.token_urlsafe(24)
    taken = take_first(
        Origin.of_link(link), version, first, _fields(request), key=f"{link.pk}/{key}", language=language, now=timezone.now(),
        test=_is_trial(request, version),
    )  # fmt: skip
    if taken.response is None:
        return _show(
            request, version, first, taken.answers, respondent, key=key, action=request.path, errors=taken.errors
        )
    return _go_on(taken.response, taken.following)


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Any page of a response that was begun, on whatever device; and at its end the thanks."""
    response = Response.objects.select_related("version__survey__workspace").filter(token=token).first()
    if response is None:
        return gone(request)
    if response.completed:
        return _thanks(request, response)
    asked, respondent = request.GET.get("page", ""), respondent_of(response)
    number = page_of(response, int(asked) if asked.isdecimal() and len(asked) < 4 else None)
    if number is None:
        return _thanks(request, complete(response, now=timezone.now())) if request.method == "POST" else gone(request)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        taken = take(response, number, _fields(request), now=timezone.now())
        response, errors = taken.response or response, taken.errors
        if not errors:
            return _go_on(response, taken.following)
    action = request.get_full_path()
    return _show(
        request, response.version, number, response.answers, respondent, action=action, response=response, errors=errors
    )


@limited(busy_page)
@require_safe
def brand(request: HttpRequest, token: str) -> HttpResponse:
    """The colours of whoever asks."""
    colour = Link.objects.filter(token=token).values_list("survey__colour", flat=True).first()
    if colour is None:
        colour = Response.objects.filter(token=token).values_list("version__survey__colour", flat=True).first()
    answer = HttpResponse(brand_css(colour or ""), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _go_on(response: Response, following: int | None) -> HttpResponse:
    address = reverse("answering:response", args=[response.token])
    return _private(redirect(address if following is None else f"{address}?page={following}"))


def _show(
    request: HttpRequest, version: Version, number: int, answers: Mapping[str, Any], respondent: Respondent, *, action: str, key: str = "",
    response: Response | None = None, errors: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    survey = version.content
    page = survey_page(survey, number, answers, respondent, errors=errors, typed=_fields(request) if errors else None)
    before = page_before(survey, number, answers, respondent) if response else None
    context = {
        "page": page, "key": key, "action": action, "brand": version.survey.workspace.name, "errors": bool(errors),
        "languages": names(survey) if response is None and len(survey.languages) > 1 else {},
        "back": f"{reverse('answering:response', args=[response.token])}?page={before}" if response and before is not None else "",
        "colours": _colours(request, response), "trial": response.test if response else _is_trial(request, version),
    }  # fmt: skip
    answer = render(request, "listening/answering/page.html", context)
    patch_vary_headers(answer, ["Accept-Language"])
    return _private(answer)


def _thanks(request: HttpRequest, response: Response) -> HttpResponse:
    context = {
        "page": thanks_page(response.version.content, response.answers, respondent_of(response)),
        "brand": response.version.survey.workspace.name, "colours": _colours(request, response),
    }  # fmt: skip
    return _private(render(request, "listening/answering/thanks.html", context))


def gone(request: HttpRequest) -> HttpResponse:
    """The same for a link that was closed, one of a survey that is not published, and one that never was."""
    language = best_language(request, languages())
    page = {"language": language, "direction": direction(language), "say": phrases(language)}
    return _private(render(request, "listening/answering/gone.html", {"page": page}, status=404))


def _is_trial(request: HttpRequest, version: Version) -> bool:
    """Somebody of the company who says that they only try it out."""
    member = getattr(request, "member", None)
    asked = "trial" in request.GET or "trial" in request.POST
    return asked and member is not None and member.workspace_id == version.survey.workspace_id


def _fields(request: HttpRequest) -> dict[str, Sequence[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _language(request: HttpRequest, survey: Survey) -> str:
    """The one chosen on the page, else the browser's favourite among those of the survey, else its first."""
    chosen = request.POST.get("lang") or request.GET.get("lang") or ""
    return chosen if chosen in survey.languages else best_language(request, survey.languages)


def _colours(request: HttpRequest, response: Response | None) -> str:
    token = response.token if response else request.path.rstrip("/").rpartition("/")[2]
    return reverse("answering:brand", args=[token])


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
    return answer
