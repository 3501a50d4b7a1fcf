"""The pages of a connection: its list, itself, what it does, and how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.connectors.files.refused_csv import refused_csv
from regard.connectors.taps.forms import ScheduleForm
from regard.connectors.taps.jobs import begin, remove_folder
from regard.connectors.taps.models import Connection, ConnectionRefused, Run, Stream
from regard.connectors.taps.queries import connections_of, runs_told, told
from regard.jobs.defer import defer
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    may_make = request.member.may(Right.OWN)
    context = {"listed": connections_of(request.workspace.pk), "may_make": may_make}
    return render(request, "connectors/taps/index.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    context = {"told": told(find(request, pk)), "may_own": request.member.may(Right.OWN)}
    return render(request, "connectors/taps/show.html", context)


def progress(request: RegardRequest, pk: int) -> HttpResponse:
    """What is going on; when it has ended the page is loaded anew, because its title says what is true now."""
    found = told(find(request, pk))
    response = render(request, "connectors/taps/_progress.html", {"told": found})
    if found.active is None and not found.waiting:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def run(request: RegardRequest, pk: int) -> HttpResponse:
    return act(request, find(request, pk), Run.Kind.RUN)


@require_POST
def test(request: RegardRequest, pk: int) -> HttpResponse:
    """Ask the tap which streams there are: it works when its settings do."""
    return act(request, find(request, pk), Run.Kind.DISCOVER)


@require_POST
def stop(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    active = found.open_run
    if active is not None:
        active.stop(by=request.user.email)
        messages.info(request, _("It is being stopped. What has come so far stays."))
    return redirect("connections:show", pk)


def log(request: RegardRequest, pk: int, number: int) -> HttpResponse:
    found = find(request, pk)
    one = get_object_or_404(Run.objects.select_related("connection", "stream"), pk=number, connection=found)
    mask = found.mask()
    states = [
        (label, mask(json.dumps(state, indent=2, ensure_ascii=False)))
        for label, state in ((_("Before"), one.state_before), (_("After"), one.state_after))
        if state
    ]
    context = {"found": found, "told": runs_told([one])[0], "states": states}
    return render(request, "connectors/taps/log.html", context)


def runs(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    every = found.runs.defer("log", "state_before", "state_after")
    page = Paginator(every, 50).get_page(request.GET.get("page", "1"))
    return render(request, "connectors/taps/runs.html", {"found": found, "page": page, "runs": runs_told(list(page))})


def refused(request: RegardRequest, pk: int, stream: int) -> StreamingHttpResponse:
    found = get_object_or_404(find(request, pk).streams.defer("sample"), pk=stream)
    return refused_csv(found.source_id, name=f"refused-{pk}-{found.pk}.csv")


def schedule(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    form = ScheduleForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        kept = form.save(commit=False)
        kept.save(update_fields=["on", "every", "hours", "at"])
        kept.audit("connection.scheduled", by=request.user.email, on=kept.on, every=kept.every)
        messages.success(request, _("Its schedule is kept."))
        return redirect("connections:show", pk)
    return render(request, "connectors/taps/schedule.html", {"found": found, "form": form})


def again(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if request.method == "POST":
        return _do(request, found, lambda: found.start_over(by=request.user.email), _("The next run reads everything again."))  # fmt: skip
    question = Confirm(
        title=_("Read everything of %(name)s again?") % {"name": found},
        act=_("Start over"), keep=_("Go on as it is"), back=reverse("connections:show", args=[pk]), crumb=found.name,
        texts=(_("Regard forgets how far it came. The next run reads everything; records that have not changed change nothing."),),
    )  # fmt: skip
    return ask(request, question)


def undo(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if request.method == "POST":
        return _do(
            request,
            found,
            lambda: found.take_back(by=request.user.email),
            _("What came from %(name)s is being taken back, and it no longer runs by itself.") % {"name": found},
        )
    accepted = told(found).accepted
    lost = ngettext(
        "%(n)s record that came from it leaves the ledger.",
        "%(n)s records that came from it leave the ledger.",
        accepted,
    ) % {"n": accepted}
    question = Confirm(
        title=_("Take back everything that came from %(name)s?") % {"name": found},
        act=_("Take it back"), keep=_("Keep it"), back=reverse("connections:show", args=[pk]), crumb=found.name, lost=(lost,),
        texts=(_("Customers it named, their traits and touchpoints stay. The connection stays too; its next run reads everything again."),),
    )  # fmt: skip
    return ask(request, question)


def remove(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if request.method == "POST":

        def carry_out() -> None:
            with transaction.atomic():
                found.remove(by=request.user.email)
                defer(remove_folder, pk=pk)

        return _do(request, found, carry_out, _("%(name)s is removed.") % {"name": found}, to="connections:index")
    question = Confirm(
        title=_("Remove %(name)s?") % {"name": found},
        act=_("Remove"), keep=_("Keep it"), back=reverse("connections:show", args=[pk]), crumb=found.name,
        lost=(_("Its settings and secrets, its maps, its run log and the installed tap."),),
        texts=(
            _("What it brought in stays, and cannot be taken back afterwards: if you want it gone, do that first."),
            _("This goes:"),
        ),
    )  # fmt: skip
    return ask(request, question)


def act(request: RegardRequest, found: Connection, what: str, *, stream: Stream | None = None) -> HttpResponse:
    """Queue it, and look at how it goes."""
    return _do(request, found, lambda: begin(found, what, by=request.user.email, stream=stream), "")


def find(request: RegardRequest, pk: int) -> Connection:
    return get_object_or_404(Connection.objects.select_related("workspace"), pk=pk, workspace=request.workspace)


def _do(
    request: RegardRequest, found: Connection, verb: Callable[[], object], said: str, *, to: str = ""
) -> HttpResponse:
    back = redirect("connections:show", found.pk)
    try:
        verb()
    except ConnectionRefused as refusal:
        messages.error(request, str(refusal))
        return back
    except IntegrityError:
        messages.error(request, _("Something is being done with this connection already; wait, or stop it."))
        return back
    if said:
        messages.success(request, said)
    return redirect(to) if to else back
