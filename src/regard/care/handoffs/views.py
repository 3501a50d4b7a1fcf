from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.care.handoffs.interactions.queries import toll
from regard.care.handoffs.queries import What, cost, matrix, missing_lately
from regard.warehouse import WarehouseAway
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import Unit

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
