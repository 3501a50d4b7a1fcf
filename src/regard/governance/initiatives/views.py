from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.cases.models import Case
from regard.care.cases.queries import seen
from regard.care.queues.causes import at_and_below
from regard.governance.initiatives.forms import InitiativeForm, TaskForm
from regard.governance.initiatives.measure import measure
from regard.governance.initiatives.models import Initiative, InitiativeTask, Stage
from regard.governance.initiatives.shown import best, shown, shown_held_out
from regard.ledger.touchpoints.models import Touchpoint
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    """All of them, by how far they are."""
    found = list(Initiative.objects.filter(workspace=request.workspace).select_related("owner__user", "workspace"))
    told = {one.pk: best(one, measured) if (measured := one.measured) else None for one in found}
    columns = [(label, [(one, told[one.pk]) for one in found if one.stage == stage]) for stage, label in Stage.choices]
    context = {
        "columns": [(label, ones) for label, ones in columns if ones], "count": len(found), "may_edit": request.member.may(Right.CATALOGUE),
        "worked": sum(1 for one in told.values() if one is not None and one.told and not one.value.startswith("\u2212")),
    }  # fmt: skip
    return render(request, "governance/initiatives/index.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    measured = found.measured
    causes = at_and_below(request.workspace.pk, found.cause.pk) if found.cause else []
    cases = seen(request.scope, request.member).filter(cause__in=causes) if causes else Case.objects.none()
    context = {
        "initiative": found, "measured": measured, "shown": shown(found, measured) if measured else None,
        "held": shown_held_out(found, measured) if measured else None, "tasks": found.tasks.select_related("owner__user"),
        "task": TaskForm(workspace=request.workspace.pk), "units": found.units.select_related("unit"),
        "touchpoints": Touchpoint.objects.filter(pk__in=found.touchpoints, workspace=request.workspace),
        "cases": cases.exclude(words="").order_by("-pk")[:5] if request.member.may(Right.CUSTOMERS) else [], "case_count": cases.count(),
        "may_edit": request.member.may(Right.CATALOGUE), "may_act": request.member.may(Right.RECORD),
    }  # fmt: skip
    return render(request, "governance/initiatives/show.html", context)


def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    known = _find(request, pk) if pk else Initiative(workspace=request.workspace, owner=request.member)
    form = InitiativeForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        made, units = form.kept()
        made.keep(by=request.user.email, units=units)
        if units or made.compared_by_chance:
            measure(made, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("initiatives:show", made.pk)
    return render(request, "governance/initiatives/edit.html", {"form": form, "known": Initiative.objects.filter(pk=pk).first()})


@require_POST
def again(request: RegardRequest, pk: int) -> HttpResponse:
    """Measure it now."""
    if measure(_find(request, pk), now=timezone.now()) is None:
        messages.error(request, _("Say first which units have it, and since when, or which playbook or campaign leaves some customers alone."))
    return redirect("initiatives:show", pk)


@require_POST
def task(request: RegardRequest, pk: int) -> HttpResponse:
    """Add one, or tick one off."""
    found = _find(request, pk)
    chosen = request.POST.get("done", "")
    if chosen.isdecimal() and len(chosen) < 19:
        one = get_object_or_404(InitiativeTask, pk=int(chosen), initiative=found)
        one.done = None if one.done else timezone.now()
        one.save(update_fields=["done"])
        return redirect("initiatives:show", pk)
    form = TaskForm(request.POST, workspace=request.workspace.pk, instance=InitiativeTask(initiative=found))
    if form.is_valid():
        form.save()
    else:
        messages.error(request, _("Say what is to be done."))
    return redirect("initiatives:show", pk)


def _find(request: RegardRequest, pk: int) -> Initiative:
    return get_object_or_404(Initiative.objects.select_related("workspace", "owner__user", "cause"), pk=pk, workspace=request.workspace)
