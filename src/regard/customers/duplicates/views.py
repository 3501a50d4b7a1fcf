from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.duplicates import decide as decisions
from regard.customers.duplicates.fields import How, written
from regard.customers.duplicates.find import installed
from regard.customers.duplicates.forms import AcceptForm, ScheduleForm, choices, taken
from regard.customers.duplicates.guessing import guess
from regard.customers.duplicates.jobs import begin
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings, SearchRefused
from regard.customers.duplicates.page import acceptance_page, duplicates_page
from regard.customers.duplicates.queries import going_on, latest, one_waiting
from regard.customers.identity.join import CannotJoin
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    """Pairs that wait, the likeliest first, both customers beside each other."""
    page = duplicates_page(request.scope, request.GET)
    return render(request, "customers/duplicates/index.html", {"page": page})


@require_POST
def decide(request: RegardRequest, pk: int) -> HttpResponse:
    pair = one_waiting(request.scope, pk) if pk < 2**63 else None
    if pair is None:
        raise Http404
    if request.POST.get("decision") == "apart":
        decisions.reject(request.workspace.pk, pair, by=request.user.email)
        messages.success(request, _("They stay different people. You will not be asked about them again."))
    else:
        try:
            decisions.accept(request.workspace.pk, pair, by=request.user.email)
            messages.success(request, _("Joined. They are one customer now, which you can undo on their page."))
        except CannotJoin as problem:
            messages.error(request, str(problem))
    return redirect(f"{request.path.removesuffix(f'{pk}/decision')}?{request.GET.urlencode()}")


@require_POST
def search(request: RegardRequest) -> HttpResponse:
    _whole(request)
    try:
        begin(request.workspace.pk, DuplicateRun.Kind.SEARCH, by=request.user.email)
    except SearchRefused as problem:
        messages.error(request, str(problem))
    return redirect("duplicates:index")


def progress(request: RegardRequest) -> HttpResponse:
    """What goes on; when nothing does any more, the page is loaded anew."""
    run = going_on(request.workspace.pk)
    answer = render(request, "customers/duplicates/_progress.html", {"run": run, "last": latest(request.workspace.pk)})
    if run is None and request.htmx:
        answer["HX-Refresh"] = "true"
    return answer


def accept(request: RegardRequest) -> HttpResponse:
    """Everything above a probability: first what would become of it, then it is done."""
    _whole(request)
    form = AcceptForm(request.POST or request.GET or {"threshold": "99"})
    share = form.cleaned_data["threshold"] / 100 if form.is_valid() else 0.99
    if request.method == "POST" and form.is_valid():
        try:
            begin(request.workspace.pk, DuplicateRun.Kind.ACCEPT, by=request.user.email, threshold=share)
        except SearchRefused as problem:
            messages.error(request, str(problem))
        return redirect("duplicates:index")
    page = acceptance_page(request.scope, share)
    return render(request, "customers/duplicates/accept.html", {"form": form, "page": page})


def settings(request: RegardRequest) -> HttpResponse:
    _whole(request)
    kept = DuplicateSettings.of(request.workspace.pk)
    offered = choices(guess(request.workspace.pk), kept.chosen)
    start = {"threshold": f"{100 * kept.threshold:g}", "every": kept.every}
    form = ScheduleForm(request.POST or None, initial=start)
    fault = ""
    if request.method == "POST":
        fields, fault = taken(request.POST.dict(), offered)
        if form.is_valid() and not fault:
            kept.fields, kept.threshold, kept.every = (
                written(fields),
                form.cleaned_data["threshold"] / 100,
                form.cleaned_data["every"],
            )
            kept.save()
            AuditEntry.write(
                request.workspace.pk, actor=request.user.email, action="duplicates.settings", fields=kept.fields,
                threshold=kept.threshold, every=kept.every,
            )  # fmt: skip
            messages.success(request, _("Saved. The next search compares these."))
            return redirect("duplicates:index")
        offered = choices(guess(request.workspace.pk), fields) if fields else offered
    context = {
        "form": form,
        "choices": offered,
        "hows": [(how.value, how.label) for how in How],
        "fault": fault,
        "installed": installed(),
    }
    return render(request, "customers/duplicates/settings.html", context)


def _whole(request: RegardRequest) -> None:
    """What is about everybody is for members who may see everybody."""
    if request.scope.units is not None:
        raise Http404
