from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.care.loop.queries import loop, recovered
from regard.warehouse import WarehouseAway
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.models import Unit

_PERIODS = {"30": 30, "90": 90, "365": 365}
#: Changes need a next answer: they are looked for further back.
_RECOVERY_DAYS = 540


def index(request: RegardRequest) -> HttpResponse:
    """Whether loops are closed, by those who can tell: the customers."""
    now, chosen = timezone.now(), request.GET.get("days", "90")
    days = _PERIODS.get(chosen, 90)
    total, units = loop(request.scope, first=now - timedelta(days=days), now=now)
    names = dict(Unit.objects.filter(workspace=request.workspace).values_list("pk", "name"))
    try:
        helped = [recovered(request.scope, metric, since=now - timedelta(days=_RECOVERY_DAYS)) for metric in ("nps", "ces", "csat")]
    except WarehouseAway:
        helped = []
    context = {
        "total": total, "units": [(names.get(one.unit or 0, "?"), one) for one in units], "days": str(days), "periods": list(_PERIODS),
        "recoveries": [one for one in helped if one.recovered],
    }  # fmt: skip
    return render(request, "care/loop/index.html", context)
