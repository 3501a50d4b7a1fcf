from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.dashboards.huddle.models import Decision
from regard.dashboards.huddle.queries import agenda
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.field import offer_colleagues
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.field import unit_choices, within
from regard.workspace.units.models import Unit


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Decision
        fields = ["text", "owner", "due"]
        widgets = {"due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, workspace: int, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_colleagues(self.fields["owner"], workspace)

    def clean_due(self) -> date | None:
        due: date | None = self.cleaned_data["due"]
        if due is not None and due < timezone.localdate():
            raise ValidationError(_("This day has passed: give a later one, or none."))
        return due


def index(request: RegardRequest) -> HttpResponse:
    """The agenda of a team's week: it fills itself."""
    return _page(request, _unit(request, request.GET.get("unit", "")), _monday(request.GET.get("week", "")))


def _page(request: RegardRequest, unit: Unit, monday: date, form: DecisionForm | None = None) -> HttpResponse:
    found = agenda(
        request.scope, request.workspace, unit, monday=monday, reader=request.member, with_people=request.member.may(Right.CUSTOMERS),
        now=timezone.now(),
    )  # fmt: skip
    context = {
        "agenda": found, "unit": unit, "monday": monday, "sunday": monday + timedelta(days=6), "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7) if monday + timedelta(days=7) <= timezone.localdate() else None,
        "units": unit_choices(within(request.scope)), "form": form or DecisionForm(workspace=request.workspace.pk), "today": timezone.localdate(),
        "may_act": request.member.may(Right.RECORD), "may_read": request.member.may(Right.CUSTOMERS),
    }  # fmt: skip
    return render(request, "dashboards/huddle/index.html", context)


@require_POST
def act(request: RegardRequest) -> HttpResponse:
    """Decide something, tick it off, or hand it up to the unit above."""
    unit, monday = _unit(request, request.POST.get("unit", "")), _monday(request.POST.get("week", ""))
    what, _sep, which = request.POST.get("act", "").partition(":")
    if what == "add":
        form = DecisionForm(request.POST, workspace=request.workspace.pk, instance=Decision(unit=unit, week=monday, by=request.user.email))
        if not form.is_valid():
            return _page(request, unit, monday, form)
        form.save()
    elif which.isdecimal() and len(which) < 19:
        one = get_object_or_404(Decision, pk=int(which), unit=unit)
        if what == "done":
            one.done = None if one.done else timezone.now()
            one.save(update_fields=["done"])
        elif what == "up" and unit.parent is not None:
            one.raised_from, one.unit = unit, unit.parent
            one.save(update_fields=["raised_from", "unit"])
            AuditEntry.write(request.workspace.pk, actor=request.user.email, action="decision.raised", subject=unit.parent.name)
            messages.success(request, _("It stands on the agenda of %(unit)s now.") % {"unit": unit.parent.name})
    return redirect(f"{reverse('huddle:index')}?unit={unit.pk}&week={monday.isoformat()}")


def _unit(request: RegardRequest, text: str) -> Unit:
    """The one chosen, else the reader's own."""
    known = [branch.id for branch in within(request.scope)]
    own = request.member.units.values_list("pk", flat=True).first()
    chosen = int(text) if text.isdecimal() and len(text) < 10 else own
    if chosen not in known:
        raise Http404
    return get_object_or_404(Unit.objects.select_related("parent"), pk=chosen, workspace=request.workspace)


def _monday(text: str) -> date:
    """Of the week that holds this day; without one, of this week, or on Mondays of the one that is over."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate() - timedelta(days=1)
    return day - timedelta(days=day.weekday())
