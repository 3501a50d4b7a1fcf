"""The settings of complaints: deadlines, how much each role may give, and the public form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.complaints.complain import rule_at, take_over
from regard.care.complaints.forms import DoorForm, LimitsForm, RuleForm
from regard.care.complaints.public.links import address_of
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.regimes import regimes
from regard.care.complaints.rules.models import ComplaintRule
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest, limits: LimitsForm | None = None, door: DoorForm | None = None) -> HttpResponse:
    rule_at(request.workspace.pk, ())  # there is always one that holds
    known = ComplaintRule.objects.filter(workspace=request.workspace, retired=None).select_related("unit")
    opened = ComplaintDoor.objects.filter(workspace=request.workspace).first()
    names = {one.name for one in known}
    context = {
        "rules": known, "library": [one for one in regimes().values() if one.name not in names],
        "limits": limits or LimitsForm(workspace=request.workspace.pk), "currency": request.workspace.currency,
        "door": door or DoorForm(instance=opened or ComplaintDoor(workspace=request.workspace)),
        "address": address_of(opened) if opened and opened.opened else "",
    }  # fmt: skip
    return render(request, "care/complaints/settings.html", context, status=422 if limits or door else 200)


def rule(request: RegardRequest, pk: int = 0) -> HttpResponse:
    known = get_object_or_404(ComplaintRule, pk=pk, workspace=request.workspace, retired=None) if pk else ComplaintRule(workspace=request.workspace)
    form = RuleForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(by=request.user.email)
        messages.success(request, _("Saved. Complaints that are here keep the moments that were promised."))
        return redirect("complaints:settings")
    return render(request, "care/complaints/rule.html", {"form": form, "rule": ComplaintRule.objects.filter(pk=pk).first()})


@require_POST
def take(request: RegardRequest) -> HttpResponse:
    """One of the library, to be looked at and changed."""
    key = request.POST.get("key", "")
    if key not in regimes():
        messages.error(request, _("Choose one of the list first."))
        return redirect("complaints:settings")
    made = take_over(request.workspace.pk, key)
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="complaint_rule.saved", subject=made.name)
    return redirect("complaints:rule", made.pk)


@require_POST
def retire(request: RegardRequest, pk: int) -> HttpResponse:
    """Nothing new is promised by it; what was, stays."""
    found = get_object_or_404(ComplaintRule, pk=pk, workspace=request.workspace, retired=None)
    found.retired = timezone.now()
    found.save(update_fields=["retired"])
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="complaint_rule.retired", subject=found.name)
    messages.success(request, _("%(name)s is retired.") % {"name": found.name})
    return redirect("complaints:settings")


@require_POST
def limits(request: RegardRequest) -> HttpResponse:
    form = LimitsForm(request.POST, workspace=request.workspace.pk)
    if not form.is_valid():
        return index(request, limits=form)
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="redress_limits.saved", limits=form.keep())
    messages.success(request, _("Saved."))
    return redirect("complaints:settings")


@require_POST
def door(request: RegardRequest) -> HttpResponse:
    """Open the public form, or close it."""
    known = ComplaintDoor.objects.filter(workspace=request.workspace).first() or ComplaintDoor(workspace=request.workspace)
    form = DoorForm(request.POST, instance=known)
    if not form.is_valid():
        return index(request, door=form)
    opened = (known.opened or timezone.now()) if form.cleaned_data["on"] else None
    form.instance.keep(by=request.user.email, opened=opened)
    messages.success(request, _("The form is open.") if opened else _("The form is closed."))
    return redirect("complaints:settings")
