"""Before a launch: whom it would ask, who would hear nothing, and what it takes from other programmes."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regard.jobs.defer import defer
from regard.listening.planner.expected import Rate, usual_rate
from regard.listening.planner.forms import PlanForm
from regard.listening.planner.jobs import work_out
from regard.listening.planner.models import Plan, as_it_is
from regard.listening.planner.told import told
from regard.listening.programmes.models import Programme
from regard.listening.programmes.readiness import fault
from regard.segments.queries import trait_names
from regard.web.numbers import count
from regard.workspace.members.middleware import RegardRequest


def show(request: RegardRequest, pk: int) -> HttpResponse:
    known = Programme.objects.select_related("workspace", "purpose", "survey")
    programme = get_object_or_404(known, pk=pk, workspace=request.workspace, ended=None)
    plan = Plan.objects.filter(programme=programme).first()
    if request.htmx:
        return render(request, "listening/planner/_plan.html", _context(programme, plan))
    now = timezone.now()
    usual = usual_rate(programme, now=now)
    form = PlanForm(
        request.POST or None,
        instance=plan,
        initial={} if plan else {"rate": usual.percent},
        said=_known_from(usual),
        traits=trait_names(request.scope),
    )
    problem = fault(programme)
    if request.method == "POST" and problem is None and form.is_valid():
        with transaction.atomic():
            made = form.save(commit=False)
            made.programme, made.begun, made.of = programme, now, as_it_is(programme)
            made.done_days, made.finished, made.trouble, made.found = 0, None, "", {}
            made.save()
            defer(work_out, pk=made.pk, begun=made.begun.isoformat(), language=get_language() or "en")
        return redirect("programmes:plan", pk)
    return render(request, "listening/planner/show.html", {**_context(programme, plan), "form": form, "fault": problem})


def _context(programme: Programme, plan: Plan | None) -> dict[str, object]:
    ready = plan is not None and plan.finished is not None and not plan.trouble
    return {"programme": programme, "plan": plan, "told": told(plan) if plan is not None and ready else None}


def _known_from(usual: Rate) -> str:
    if not usual.sent:
        return _("A guess: nobody was asked this way yet. Put in what you know of your customers.")
    return ngettext(
        "As of the %(n)s invitation that reached somebody this way so far.", "As of the %(n)s invitations that reached somebody this way so far.",
        usual.sent,
    ) % {"n": count(usual.sent)}  # fmt: skip
