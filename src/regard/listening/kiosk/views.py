"""A survey on a device that stands somewhere: its page, its script, and where members set it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction
from regard.listening.answering.phrases import phrases
from regard.listening.answering.views import gone
from regard.listening.inapp.bundle import bundle, serve
from regard.listening.kiosk.forms import KioskForm
from regard.listening.kiosk.queries import kiosks_of
from regard.listening.links.addresses import host_of_surveys
from regard.listening.links.models import Link
from regard.listening.look.worn import wearing
from regard.listening.surveys.models import Survey
from regard.web.languages import best_language
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_SCRIPT_HOLDS = 3600


@limited(busy_page)
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the device opens; its script asks, keeps and sends."""
    link = _open(token)
    version = link.survey.published if link else None
    if link is None or version is None:
        return gone(request)
    content = version.content
    language = best_language(request, content.languages)
    title = content.title.get(language) or content.title[content.languages[0]]
    page = {"title": title, "language": language, "direction": direction(language), "say": phrases(language)}
    context = {"link": link, "page": page, "api": "/inapp/v1", **wearing(link.survey.workspace)}
    answer = render(request, "listening/kiosk/show.html", context)
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
    return answer


@limited(busy_page)
@require_safe
def manifest(request: HttpRequest, token: str) -> HttpResponse:
    """What a tablet needs to put it on its home screen, where it opens without the browser's bars."""
    link = _open(token)
    if link is None:
        return gone(request)
    told = {
        "name": link.survey.name, "short_name": link.survey.name[:12], "start_url": reverse("kiosk:show", args=[token]), "scope": "/k/",
        "display": "fullscreen", "icons": [{"src": static("regard/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    parts = ("inapp/client/questions.js", "kiosk/flow.js", "kiosk/queue.js", "kiosk/kiosk.js")
    return serve(request, bundle(*parts), seconds=_SCRIPT_HOLDS)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    return serve(request, bundle("kiosk/worker.js"), seconds=0)


def index(request: RegardRequest, pk: int) -> HttpResponse:
    """The kiosks of a survey, and how a tablet becomes one."""
    return _overview(request, _survey(request, pk), KioskForm(workspace=request.workspace))


@require_POST
def add(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _survey(request, pk)
    form = KioskForm(request.POST, workspace=request.workspace, instance=Link(survey=survey, kiosk=True))
    if not form.is_valid():
        return _overview(request, survey, form)
    form.save(commit=False).keep(by=request.user.email)
    messages.success(request, _("Open the address on the tablet, or scan the code with it."))
    return redirect("kiosk:index", pk)


def _survey(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)


def _overview(request: RegardRequest, survey: Survey, form: KioskForm) -> HttpResponse:
    context = {
        "survey": survey, "version": survey.published, "listed": kiosks_of(request.scope, survey), "form": form,
        "may_edit": request.member.may(Right.CATALOGUE), "host": host_of_surveys(request), "secure": request.is_secure(),
    }  # fmt: skip
    return render(request, "listening/kiosk/index.html", context)


def _open(token: str) -> Link | None:
    found = Link.objects.select_related("survey__workspace").filter(
        token=token, kiosk=True, closed=None, survey__retired=None
    )
    return found.first()
