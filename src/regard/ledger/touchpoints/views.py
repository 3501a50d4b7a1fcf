"""Editing the catalogue. The page that shows it with its scores is `metrics/touchpoints`."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.ledger.touchpoints.forms import IndustryForm, TouchpointForm
from regard.ledger.touchpoints.industries import fill
from regard.ledger.touchpoints.models import Stage, Touchpoint
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


def add(request: RegardRequest) -> HttpResponse:
    stage = request.GET.get("stage", "")
    form = TouchpointForm(
        request.POST or None, scope=request.scope, initial={"stage": stage} if stage in Stage else None
    )
    return _form(request, form)


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    return _form(request, TouchpointForm(request.POST or None, scope=request.scope, instance=_find(request, pk)))


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    touchpoint = _find(request, pk)
    if request.method == "POST":
        touchpoint.retire(actor=request.user.email)
        messages.success(request, _("%(name)s left the catalogue.") % {"name": touchpoint.name})
        return redirect("touchpoints:index")
    question = Confirm(
        title=_("Retire %(name)s?") % {"name": touchpoint.name},
        act=_("Retire"),
        keep=_("Keep"),
        back=reverse("touchpoints:index"),
        crumb=_("Touchpoints"),
        texts=(
            _(
                "It leaves the catalogue and new mappings cannot use it. What happened there stays "
                "on every timeline and in every score. You can bring it back."
            ),
        ),
    )
    return ask(request, question)


@require_POST
def return_(request: RegardRequest, pk: int) -> HttpResponse:
    touchpoint = _find(request, pk)
    touchpoint.bring_back(actor=request.user.email)
    messages.success(request, _("%(name)s is back.") % {"name": touchpoint.name})
    return redirect("touchpoints:index")


@require_POST
def use_template(request: RegardRequest) -> HttpResponse:
    form = IndustryForm(request.POST)
    if form.is_valid():
        added = fill(request.workspace.pk, form.cleaned_data["industry"], actor=request.user.email)
        messages.success(request, ngettext("%(n)s touchpoint added.", "%(n)s touchpoints added.", added) % {"n": added})
    return redirect("touchpoints:index")


def _form(request: RegardRequest, form: TouchpointForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("touchpoints:index")
    known = Touchpoint.objects.filter(pk=form.instance.pk).first()
    return render(request, "ledger/touchpoints/edit.html", {"form": form, "known": known})


def _find(request: RegardRequest, pk: int) -> Touchpoint:
    return get_object_or_404(Touchpoint, pk=pk, workspace=request.workspace)
