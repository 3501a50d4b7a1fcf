from __future__ import annotations

from datetime import timedelta
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import Channel
from regard.customers.people.queries import by_id
from regard.listening.invitations.sample import sample
from regard.listening.programmes.begin import known_survey, prepared, ready_survey, with_purposes
from regard.listening.programmes.forms import MessageForm, ProgrammeForm
from regard.listening.programmes.jobs import look_back
from regard.listening.programmes.models import Programme
from regard.listening.programmes.queries import board, programmes_of, silent
from regard.listening.programmes.readiness import LOOK_BACK, checks, fault, past
from regard.listening.programmes.starts import STARTS
from regard.outreach.phone.length import length_of
from regard.outreach.phone.models import BY_PHONE
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_PER_PAGE = 50


def index(request: RegardRequest) -> HttpResponse:
    listed = programmes_of(request.scope, now=timezone.now())
    context = {
        "programmes": listed, "running": sum(one.programme.running for one in listed), "may_edit": request.member.may(Right.CONFIGURE),
    }  # fmt: skip
    return render(request, "listening/programmes/index.html", context)


def begin(request: RegardRequest) -> HttpResponse:
    """Choosing a start publishes its ready-made survey, where it is not there yet."""
    start = STARTS.get(request.POST.get("from", ""))
    if request.method == "POST" and start is not None:
        with_purposes(request.workspace, by=request.user.email)
        ready_survey(request.workspace, start, by=request.user.email)
        return redirect(f"{reverse('programmes:new')}?from={start.key}")
    return render(request, "listening/programmes/begin.html", {"starts": STARTS.values()})


def add(request: RegardRequest) -> HttpResponse:
    """As the chosen start has it; nothing is kept before it is saved."""
    start = STARTS.get(request.GET.get("from", ""))
    survey = known_survey(request.workspace, start) if start else None
    if start is None or survey is None:
        return redirect("programmes:begin")
    return _edit(request, prepared(request.workspace, start, survey))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    return _edit(request, _find(request, pk, open_only=True))


def _edit(request: RegardRequest, programme: Programme) -> HttpResponse:
    new = programme.pk is None
    form = ProgrammeForm(request.POST or None, instance=programme)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(by=request.user.email)
        messages.success(request, _("Saved. Nobody is asked before you launch it.") if new else _("Saved."))
        return redirect("programmes:show", form.instance.pk)
    known = None if new else Programme.objects.get(pk=programme.pk)
    return render(
        request, "listening/programmes/edit.html", {"form": form, "known": known, "kind": programme.get_kind_display()}
    )


def show(request: RegardRequest, pk: int) -> HttpResponse:
    programme, now = _find(request, pk), timezone.now()
    context = {
        "programme": programme, "board": board(request.scope, programme, now=now), "may_edit": request.member.may(Right.CONFIGURE),
        "may_read": request.member.may(Right.CUSTOMERS), "checks": checks(programme) if programme.launched is None else [],
        "fault": fault(programme) if programme.running else None,
    }  # fmt: skip
    part = "listening/programmes/_board.html" if request.htmx else "listening/programmes/show.html"
    return render(request, part, context)


def unanswered(request: RegardRequest, pk: int) -> HttpResponse:
    """Who was asked and has not answered yet."""
    programme = _find(request, pk)
    if programme.anonymous:
        raise Http404
    page = Paginator(silent(request.scope, programme, now=timezone.now()), _PER_PAGE).get_page(request.GET.get("page"))
    named = {one.id: one for one in by_id(request.scope, [one.profile_id for one in page])}
    context = {"programme": programme, "page": page, "rows": [(one, named.get(one.profile_id)) for one in page]}
    return render(request, "listening/programmes/unanswered.html", context)


@csp_update({"frame-src": [SELF]})  # type: ignore[untyped-decorator]
def message(request: RegardRequest, pk: int) -> HttpResponse:
    """What the invitation says, language by language, beside what it looks like."""
    programme = _find(request, pk, open_only=True)
    languages = programme.survey.content.languages
    asked = request.GET.get("language", "")
    language = asked if asked in languages else languages[0]
    form = MessageForm(request.POST or None, channels=programme.channels, initial=programme.texts.get(language, {}))
    if request.method == "POST" and form.is_valid():
        texts = {name: value for name, value in form.cleaned_data.items() if value}
        programme.texts = {**programme.texts, language: texts}
        programme.keep(by=request.user.email)
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('programmes:message', args=[pk])}?language={language}")
    context: dict[str, Any] = {
        "programme": programme,
        "form": form,
        "languages": languages,
        "language": language,
        "sample": sample(programme, language) if Channel.EMAIL in programme.channels else None,
        "texted": sample(programme, language, channel=Channel.SMS) if set(BY_PHONE) & set(programme.channels) else None,
    }
    if context["texted"]:
        context["length"] = length_of(context["texted"].text)
    return render(request, "listening/programmes/message.html", context)


@xframe_options_sameorigin
@csp_replace({"style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})  # type: ignore[untyped-decorator]
def mail(request: RegardRequest, pk: int) -> HttpResponse:
    """The message as it is sent, for the frame on the page of the message. Links in it lead nowhere."""
    programme = _find(request, pk)
    shown = sample(programme, request.GET.get("language", ""))
    return HttpResponse(shown.html if shown else "")


def launching(request: RegardRequest, pk: int) -> HttpResponse:
    """What it would ask about, before it does; and since when."""
    programme, now = _find(request, pk, open_only=True), timezone.now()
    if programme.launched is not None:
        return redirect("programmes:show", pk)
    found = checks(programme)
    stops = any(one.stops for one in found)
    if request.method == "POST" and not stops:
        chosen = request.POST.get("look_back", "0")
        days = int(chosen) if chosen in map(str, LOOK_BACK) else 0
        with transaction.atomic():
            programme.launch(by=request.user.email, now=now, look_back=timedelta(days=days))
            if days:
                look_back(programme)
        messages.success(request, _("It runs. Whoever becomes eligible is asked from now on."))
        return redirect("programmes:show", pk)
    context = {
        "programme": programme,
        "checks": found,
        "stops": stops,
        "past": [] if stops else past(programme, now=now),
    }
    return render(request, "listening/programmes/launch.html", context)


@require_POST
def pause(request: RegardRequest, pk: int) -> HttpResponse:
    programme = _find(request, pk, open_only=True)
    if programme.paused is None:
        programme.pause(by=request.user.email, now=timezone.now())
        messages.success(request, _("Nobody is asked any more. What was sent can be answered."))
    else:
        programme.resume(by=request.user.email)
        messages.success(request, _("It goes on."))
    return redirect("programmes:show", pk)


def ending(request: RegardRequest, pk: int) -> HttpResponse:
    programme = _find(request, pk, open_only=True)
    if request.method == "POST":
        programme.end(by=request.user.email, now=timezone.now())
        messages.success(request, _("%(name)s has ended.") % {"name": programme.name})
        return redirect("programmes:index")
    question = Confirm(
        title=_("End %(name)s?") % {"name": programme.name}, act=_("End it"), keep=_("Keep it"), back=reverse("programmes:show", args=[pk]),
        crumb=_("Programmes"),
        texts=(
            _("Nobody is asked any more, and nobody reminded. It cannot be taken up again."),
            _("Answers and the board stay; what was sent can be answered until it expires."),
        ),
    )  # fmt: skip
    return ask(request, question)


def _find(request: RegardRequest, pk: int, *, open_only: bool = False) -> Programme:
    known = Programme.objects.select_related("survey__workspace", "workspace", "purpose", "segment", "after")
    found = get_object_or_404(known, pk=pk, workspace=request.workspace)
    if open_only and found.ended:
        raise Http404
    return found
