from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.care.handoffs.queries import cost, matrix, missing_lately
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import Unit

_PERIODS = {"30": 30, "90": 90, "365": 365}


def index(request: RegardRequest) -> HttpResponse:
    """How units pass customers' matters to one another."""
    chosen = _PERIODS.get(request.GET.get("days", "90"), 90)
    first = timezone.now() - timedelta(days=chosen)
    names = dict(Unit.objects.filter(workspace=request.workspace).values_list("pk", "name"))
    passings = matrix(request.scope, first=first)
    context = {
        "passings": [(names.get(one.from_unit or 0, "–"), names.get(one.to_unit or 0, "–"), one) for one in passings],
        "total": sum(one.count for one in passings), "cost": cost(request.scope, first=first), "days": str(chosen), "periods": list(_PERIODS),
        "missing": missing_lately(request.scope, first=first) if request.member.may(Right.CUSTOMERS) else [],
    }  # fmt: skip
    return render(request, "care/handoffs/index.html", context)
