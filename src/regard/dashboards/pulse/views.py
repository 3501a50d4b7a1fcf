from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.dashboards.pulse.queries import pulse
from regard.metrics.periods import COMPARED, LASTING, chosen_period
from regard.metrics.query import Compare
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    today = timezone.localdate()
    period, chosen = chosen_period(request.GET, today)
    compare: Compare = "previous" if period.days else ""
    filters = {"periods": LASTING, "chosen": chosen, "period": period, "compares": COMPARED}
    page = pulse(
        request.scope,
        request.workspace,
        period=period,
        compare=compare,
        today=today,
        with_people=request.member.may(Right.CUSTOMERS),
    )
    return render(request, "dashboards/pulse/index.html", {"page": page, **filters})
