"""What only owners may do: choose the program that runs on this server, and give it its settings. See docs/connecting.md."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regard.connectors.taps import sealed
from regard.connectors.taps.forms import TapForm
from regard.connectors.taps.jobs import begin
from regard.connectors.taps.known_taps import BY_KEY, KNOWN
from regard.connectors.taps.models import Connection, Run
from regard.connectors.taps.settings_form import KINDS, Row, others, rows_of, taken
from regard.connectors.taps.views import act, find
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.signin.still_you import still_you


@still_you
def new(request: RegardRequest) -> HttpResponse:
    """First which tap, then its name."""
    kind = request.GET.get("tap", "")
    known = BY_KEY.get(kind)
    if not known and kind != "other":
        return render(request, "connectors/taps/choose.html", {"known": KNOWN})
    start = {"name": known.label, "requirement": known.package} if known else {}
    form = TapForm(request.POST or None, workspace=request.workspace.pk, kind=kind, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        found = Connection.objects.create(
            workspace=request.workspace, name=given["name"], kind=known.key if known else "", owner=request.user.email,
            requirement=given.get("requirement", ""), executable=given.get("executable", ""),
            limit_minutes=given.get("limit_minutes") or 360,
        )  # fmt: skip
        found.audit("connection.made", by=request.user.email, tap=found.requirement or found.executable)
        begin(found, Run.Kind.INSTALL, by=request.user.email)
        return redirect("connections:settings", found.pk)
    return render(request, "connectors/taps/edit.html", {"form": form, "known": known})


@still_you
def edit(request: RegardRequest, pk: int) -> HttpResponse:
    """Another name, another version. The tap is installed again when it is another one."""
    found = find(request, pk)
    start = {name: getattr(found, name) for name in ("name", "requirement", "executable", "limit_minutes")}
    form = TapForm(request.POST or None, workspace=request.workspace.pk, but=pk, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        other = (given["requirement"], given["executable"]) != (found.requirement, found.executable)
        if other and found.open_run is not None:
            form.add_error(None, _("Something is being done with this connection already; wait, or stop it."))
        else:
            for name in start:
                setattr(found, name, given[name])
            found.save(update_fields=list(start))
            found.audit("connection.altered", by=request.user.email, tap=found.requirement or found.executable)
            if other:
                return act(request, found, Run.Kind.INSTALL)
            return redirect("connections:show", pk)
    return render(request, "connectors/taps/edit.html", {"form": form, "found": found})


@still_you
def install(request: RegardRequest, pk: int) -> HttpResponse:
    """Anew: the newest version that the package's name allows."""
    found = find(request, pk)
    return act(request, found, Run.Kind.INSTALL) if request.method == "POST" else redirect("connections:show", pk)


@still_you
def settings(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    kept, unreadable = [], ""
    try:
        kept = found.settings
    except sealed.Unreadable as fault:
        unreadable = str(fault)
    rows: list[Row] = rows_of(found, kept)
    if request.method == "POST":
        good, typed = taken(request.POST.dict(), kept)
        found.keep_settings(good, by=request.user.email)
        if not any(row.fault for row in typed):
            return _kept(request, found)
        spare = [Row(len(typed) + more) for more in range(2)]
        rows = [replace(row, index=at) for at, row in enumerate([*typed, *spare])]
    context = {"found": found, "rows": rows, "kinds": KINDS.items(), "others": others(found, rows), "unreadable": unreadable}  # fmt: skip
    context["faults"] = sum(1 for row in rows if row.fault)
    return render(request, "connectors/taps/settings.html", context)


def _kept(request: RegardRequest, found: Connection) -> HttpResponse:
    """A connection that has never been tested is tested at once."""
    if found.ready and found.open_run is None and request.POST.get("act") == "test":
        return act(request, found, Run.Kind.DISCOVER)
    messages.success(request, _("Its settings are kept, encrypted."))
    return redirect("connections:show", found.pk)
