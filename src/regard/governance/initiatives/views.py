from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.cases.models import Case
from regard.care.cases.queries import seen
from regard.care.queues.causes import at_and_below
from regard.governance.initiatives.board import board
from regard.governance.initiatives.comment_views import linked
from regard.governance.initiatives.forms import InitiativeForm, TaskForm
from regard.governance.initiatives.measure import measure
from regard.governance.initiatives.models import Initiative, InitiativeTask, Stage
from regard.governance.initiatives.recurring import recurring
from regard.governance.initiatives.shown import shown, shown_held_out
from regard.ledger.touchpoints.models import Touchpoint
from regard.warehouse import WarehouseAway
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    """The board, and what keeps recurring without one."""
    today, may_edit = timezone.localdate(), request.member.may(Right.CATALOGUE)
    found, again, away = board(request.workspace, today=today), [], False
    if may_edit:
        try:
            again = recurring(request.scope, request.workspace, request.member, now=timezone.now(), today=today)
        except WarehouseAway:
            away = True
    context = {
        "columns": found.columns, "dropped": found.dropped, "count": len(found.cards), "worked": sum(card.worked for card in found.cards),
        "recurring": again, "away": away, "may_edit": may_edit, "stages": Stage.choices,
    }  # fmt: skip
    return render(request, "governance/initiatives/index.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    measured = found.measured
    causes = at_and_below(request.workspace.pk, found.cause.pk) if found.cause else []
    cases = seen(request.scope, request.member).filter(cause__in=causes) if causes else Case.objects.none()
    try:
        comments = linked(request, found)
    except WarehouseAway:
        comments = []
    context = {
        "comments": comments, "hidden_comments": found.comments.count() - len(comments),
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
    form = InitiativeForm(request.POST or None, instance=known, begun={} if pk else request.GET)
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
def move(request: RegardRequest, pk: int) -> HttpResponse:
    """To another stage of the board."""
    stage = request.POST.get("stage", "")
    if stage not in Stage.values:
        raise Http404
    _find(request, pk).move(Stage(stage), by=request.user.email)
    return redirect("initiatives:index")


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
