"""The respondent's own page: what they said, what became of it, and their way to change it, take it back, or ask for what is kept of them.
The address is theirs alone; looking records nothing.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regard.customers.contact.public.links import unsubscribe_link
from regard.customers.contact.purposes.models import PURPOSE_OF_SURVEYS, Purpose
from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction
from regard.listening.answering.phrases import phrases
from regard.listening.answering.views import gone, private
from regard.listening.files.give import give
from regard.listening.inbox.models import Handling, What
from regard.listening.look.worn import wearing
from regard.listening.mine.models import Heard
from regard.listening.responses.answer import reopen
from regard.listening.responses.answer import take_back as taken_back
from regard.listening.responses.models import Response
from regard.listening.responses.told import told

#: Long enough to sleep over it, short enough that numbers of a month that is over stand still.
CHANGED_WITHIN = timedelta(days=7)


@limited(busy_page)
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    response = _find(token)
    return gone(request) if response is None else _page(request, response)


@csrf_exempt
@limited(busy_page)
@require_POST
def change(request: HttpRequest, token: str) -> HttpResponse:
    """They think better of it: the survey from its beginning, with what they said."""
    response = _find(token)
    if response is None or not _may_change(response):
        return gone(request)
    reopen(response, now=timezone.now())
    return private(redirect(f"{reverse('answering:response', args=[token])}?page=0"))


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Asked first; what is taken back is gone."""
    response = _find(token)
    if response is None:
        return gone(request)
    context = _context(request, response)
    if request.method == "POST":
        taken_back(response)
        context |= {"taken": True, "colours": ""}
    return private(render(request, "listening/mine/take_back.html", context))


@limited(busy_page)
@require_safe
def data(request: HttpRequest, token: str) -> HttpResponse:
    """What is kept of these answers, as a file."""
    response = _find(token)
    if response is None:
        return gone(request)
    kept = {
        "survey": response.version.survey.name, "version": response.version.number, "language": response.language, "channel": response.channel,
        "begun": response.begun.isoformat(), "saved": response.saved.isoformat(), "completed": _moment(response.completed),
        "touchpoint": response.touchpoint.name if response.touchpoint else None, "unit": response.unit.name if response.unit else None,
        "answers": response.answers, "known": response.profile_id is not None,
    }  # fmt: skip
    answer = HttpResponse(json.dumps(kept, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="answers.json"'
    return private(answer)


@limited(busy_page)
@require_safe
def file(request: HttpRequest, token: str, question: str) -> HttpResponseBase:
    response = _find(token)
    return gone(request) if response is None else give(response, question)


@csrf_exempt
@limited(busy_page)
@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """For all that is kept of them: somebody of the company finds it with the response, and gives it out once they know who asks."""
    response = _find(token)
    if response is None or response.profile_id is None:
        return gone(request)
    if not response.handlings.filter(what=What.ASKED).exists():
        Handling.objects.create(response=response, by="", what=What.ASKED)
        Response.objects.filter(pk=response.pk).update(state="new")
    return private(redirect("mine:show", token))


def _find(token: str) -> Response | None:
    related = ("version__survey__workspace", "invitation__programme__purpose", "programme", "profile", "unit", "touchpoint")
    found = Response.objects.select_related(*related).filter(token=token).first()
    return found if found is not None and (found.completed or found.final) else None


def _may_change(response: Response) -> bool:
    ended = response.completed or response.final
    return ended is not None and ended > timezone.now() - CHANGED_WITHIN and response.version.survey.retired is None


def _page(request: HttpRequest, response: Response) -> HttpResponse:
    ended = response.completed or response.final
    assert ended is not None
    context = _context(request, response)
    replies = response.handlings.filter(what=What.REPLY).order_by("-id")
    context |= {
        "answers": told(response, language=response.language), "replies": replies,
        "heard": Heard.objects.filter(survey=response.version.survey_id, at__gte=response.begun)[:20],
        "changeable": _may_change(response), "until": _day(ended + CHANGED_WITHIN, response), "unsubscribe": _unsubscribe(response),
        "known": response.profile_id is not None, "asked": response.handlings.filter(what=What.ASKED).exists(),
        "anonymous": response.programme is not None and response.programme.anonymous,
    }  # fmt: skip
    return private(render(request, "listening/mine/show.html", context))


def _context(request: HttpRequest, response: Response) -> dict[str, Any]:
    language, workspace = response.language, response.version.survey.workspace
    brand = workspace.name
    say = {key: text.replace("{brand}", brand) for key, text in phrases(language).items()}
    page = {"language": language, "direction": direction(language), "say": say, "title": say["mine"]}
    return {"page": page, "response": response, **wearing(workspace, colours=reverse("answering:brand", args=[response.token]))}


def _unsubscribe(response: Response) -> str:
    """Where they say that they want no more of it; the page there asks once more."""
    if response.profile_id is None:
        return ""
    workspace, invitation = response.workspace_id, response.invitation
    if invitation is not None:
        return unsubscribe_link(workspace, response.profile_id, purpose=invitation.programme.purpose.key, channel=invitation.channel)
    if not Purpose.objects.filter(workspace=workspace, key=PURPOSE_OF_SURVEYS).exists():
        return ""
    return unsubscribe_link(workspace, response.profile_id, purpose=PURPOSE_OF_SURVEYS, channel="e-mail")


def _day(moment: Any, response: Response) -> str:
    with translation.override(response.language):
        return formats.date_format(moment.astimezone(response.version.survey.workspace.zone), "DATE_FORMAT")


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
