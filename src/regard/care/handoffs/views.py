from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.handoffs.interactions.queries import taken, toll
from regard.care.handoffs.interactions.rate import rate
from regard.care.handoffs.models import Reception
from regard.care.handoffs.queries import What, cost, matrix, missing_lately
from regard.customers.people.queries import by_id
from regard.warehouse import WarehouseAway
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import Unit

#: What is older nobody remembers.
_RECEIVED_DAYS = 14
_PERIODS = {"30": 30, "90": 90, "365": 365}


def index(request: RegardRequest) -> HttpResponse:
    """How units pass customers' matters to one another."""
    chosen = _PERIODS.get(request.GET.get("days", "90"), 90)
    first = timezone.now() - timedelta(days=chosen)
    names = dict(Unit.objects.filter(workspace=request.workspace).values_list("pk", "name"))
    what = request.GET.get("what", "")
    what, away = what if what in What.values else What.ALL, False
    try:
        passings = matrix(request.scope, first=first, what=what)
        tolls = toll(request.scope, first=first) if what != What.CASES else []
    except WarehouseAway:
        passings, tolls, away = matrix(request.scope, first=first, what=What.CASES), [], True
    context = {
        "passings": [(names.get(one.from_unit or 0, "–"), names.get(one.to_unit or 0, "–"), one) for one in passings],
        "total": sum(one.count for one in passings), "cost": cost(request.scope, first=first) if what != What.INTERACTIONS else None,
        "days": str(chosen), "periods": list(_PERIODS), "what": what, "whats": What.choices, "tolls": tolls, "away": away,
        "missing": missing_lately(request.scope, first=first, what=what) if request.member.may(Right.CUSTOMERS) else [],
        "may_act": request.member.may(Right.RECORD),
    }  # fmt: skip
    return render(request, "care/handoffs/index.html", context)


def received(request: RegardRequest) -> HttpResponse:
    """Interactions that another unit handed over, the newest first; POST says how one came."""
    first = timezone.now() - timedelta(days=_RECEIVED_DAYS)
    try:
        if request.method == "POST":
            row, missing = request.POST.get("row", "")[:32], request.POST.get("missing", "")
            if not rate(request.scope, row=row, good=request.POST.get("good") == "yes", missing=missing, by=request.user.email, first=first):
                messages.error(request, _("It did not come to you, or is too long ago."))
            return redirect("handoffs:received")
        found, away = taken(request.scope, first=first), False
    except WarehouseAway:
        found, away = [], True
    said = {one.row: one for one in Reception.objects.filter(workspace=request.workspace, row__in=[one.row for one in found])}
    people = {one.id: one for one in by_id(request.scope, {one.customer for one in found})}
    names = dict(Unit.objects.filter(workspace=request.workspace).values_list("pk", "name"))
    lines = [(one, people.get(one.customer), names.get(one.from_unit, "–"), names.get(one.to_unit, "–"), said.get(one.row)) for one in found]
    context = {"lines": lines, "unsaid": sum(one.row not in said for one in found), "away": away, "days": _RECEIVED_DAYS}
    return render(request, "care/handoffs/received.html", context)
