from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.forms import UnitForm
from regard.workspace.units.models import Unit
from regard.workspace.units.queries import lost_with, tree


def index(request: RegardRequest) -> HttpResponse:
    return render(request, "workspace/units/index.html", {"twigs": tree(request.scope)})


def add(request: RegardRequest) -> HttpResponse:
    above = request.GET.get("parent", "")
    form = UnitForm(request.POST or None, scope=request.scope, initial={"parent": above} if above.isdecimal() else None)
    return _form(request, form, _("A new unit"))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    unit = _find(request, pk)
    return _form(request, UnitForm(request.POST or None, scope=request.scope, instance=unit), unit.name)


def delete(request: RegardRequest, pk: int) -> HttpResponse:
    unit = _find(request, pk)
    if unit.parent_id is None or not request.scope.sees(unit.parent_id):
        raise Http404
    if request.method == "POST":
        unit.dissolve(actor=request.user.email)
        messages.success(request, _("%(name)s is gone.") % {"name": unit.name})
        return redirect("workspace:units")
    question = Confirm(
        title=_("Delete %(name)s?") % {"name": unit.name},
        act=_("Delete"),
        keep=_("Keep"),
        back=reverse("workspace:units"),
        crumb=_("Units"),
        texts=(
            _(
                "What happened there stays in the ledger and counts for the whole workspace, no "
                "longer for this unit. This cannot be undone."
            ),
        ),
        lost=lost_with(unit),
    )
    return ask(request, question)


def _form(request: RegardRequest, form: UnitForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("workspace:units")
    return render(request, "workspace/units/edit.html", {"form": form, "title": title})


def _find(request: RegardRequest, pk: int) -> Unit:
    if not request.scope.sees(pk):
        raise Http404
    return get_object_or_404(Unit, pk=pk, workspace=request.workspace)
