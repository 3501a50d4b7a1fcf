from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.cases.models import State
from regard.care.cases.open import first_queue
from regard.care.hours.models import Calendar
from regard.care.queues.causes import at_and_below, tree
from regard.care.queues.forms import CauseForm, CauseNameForm, HoursForm, QueueForm, TemplateForm
from regard.care.queues.models import Cause, Queue, ReplyTemplate
from regard.care.queues.worth import set_cut
from regard.customers.people.slots import SLOTS
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.models import Unit, branches


def index(request: RegardRequest) -> HttpResponse:
    """How cases are worked on: queues with their targets, when units work, and the root causes."""
    first_queue(request.workspace.pk)
    queues = Queue.objects.filter(workspace=request.workspace, retired=None).annotate(open=Count("cases", ~Q(cases__state=State.CLOSED)))
    queues = queues.order_by("pk")  # the first is where cases go that name none; what is counted with it drops the order of the model
    own = {one.unit_id: one for one in Calendar.objects.filter(workspace=request.workspace)}
    context = {
        "queues": queues, "units": [(one, own.get(one.id)) for one in branches(request.workspace.pk)], "causes": tree(request.workspace.pk),
        "templates": ReplyTemplate.objects.filter(workspace=request.workspace), "cause": CauseForm(instance=Cause(workspace=request.workspace)),
    }  # fmt: skip
    return render(request, "care/queues/index.html", context)


def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    queue = get_object_or_404(Queue, pk=pk, workspace=request.workspace, retired=None) if pk else Queue(workspace=request.workspace)
    form = QueueForm(request.POST or None, instance=queue)
    if request.method == "POST" and form.is_valid():
        made, takers = form.kept()
        made.keep(by=request.user.email, takers=takers)
        set_cut(made, now=timezone.now())
        messages.success(request, _("Saved. What is open keeps its times until it is handed over or its priority changes."))
        return redirect("queues:index")
    return render(request, "care/queues/edit.html", {"form": form, "queue": queue, "traits": SLOTS.trait_names(request.scope)[:200]})


def hours(request: RegardRequest, pk: int) -> HttpResponse:
    """When a unit works."""
    where = get_object_or_404(Unit, pk=pk, workspace=request.workspace)
    known = Calendar.objects.filter(unit=where).first()
    if request.method == "POST" and "remove" in request.POST:
        if known is not None:
            known.delete()
            AuditEntry.write(request.workspace.pk, actor=request.user.email, action="hours.removed", subject=where.name)
        return redirect("queues:index")
    form = HoursForm(request.POST or None, instance=known or Calendar(workspace=request.workspace, unit=where))
    if request.method == "POST" and form.is_valid():
        form.kept().keep(by=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("queues:index")
    return render(request, "care/queues/hours.html", {"form": form, "unit": where, "known": known})


def template(request: RegardRequest, pk: int = 0) -> HttpResponse:
    """Words that are written often."""
    known = get_object_or_404(ReplyTemplate, pk=pk, workspace=request.workspace) if pk else ReplyTemplate(workspace=request.workspace)
    if request.method == "POST" and "remove" in request.POST and pk:
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="template.removed", subject=known.name)
        known.delete()
        return redirect("queues:index")
    form = TemplateForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="template.saved", subject=made.name)
        messages.success(request, _("Saved."))
        return redirect("queues:index")
    return render(request, "care/queues/template.html", {"form": form, "known": ReplyTemplate.objects.filter(pk=pk).first()})


@require_POST
def cause(request: RegardRequest) -> HttpResponse:
    form = CauseForm(request.POST, instance=Cause(workspace=request.workspace))
    if form.is_valid():
        made = form.save()
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="cause.added", subject=made.name)
    else:
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
    return redirect("queues:index")


def cause_rename(request: RegardRequest, pk: int) -> HttpResponse:
    """It stays where it is in the tree; cases that name it have the new name too."""
    found = get_object_or_404(Cause, pk=pk, workspace=request.workspace, retired=None)
    was, form = found.name, CauseNameForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        if made.name != was:
            AuditEntry.write(request.workspace.pk, actor=request.user.email, action="cause.renamed", subject=made.name, was=was)
        return redirect("queues:index")
    return render(request, "care/queues/cause.html", {"form": form, "was": was})


@require_POST
def cause_retire(request: RegardRequest, pk: int) -> HttpResponse:
    """It is no longer offered, nor what it is made of; cases that name them keep them."""
    found = get_object_or_404(Cause, pk=pk, workspace=request.workspace)
    Cause.objects.filter(pk__in=at_and_below(request.workspace.pk, found.pk)).update(retired=timezone.now())
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="cause.retired", subject=found.name)
    return redirect("queues:index")


@require_POST
def retire(request: RegardRequest, pk: int) -> HttpResponse:
    """Nothing new comes into it; what is open in it stays."""
    found = get_object_or_404(Queue, pk=pk, workspace=request.workspace, retired=None)
    if Queue.objects.filter(workspace=request.workspace, retired=None).count() < 2:
        messages.error(request, _("A workspace needs a queue: add another one first."))
        return redirect("queues:index")
    found.retired = timezone.now()
    found.save(update_fields=["retired"])
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="queue.retired", subject=found.name)
    messages.success(request, _("%(name)s is retired.") % {"name": found.name})
    return redirect("queues:index")
