from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.ledger.touchpoints.forms import IndustryForm
from regard.metrics.periods import LASTING, chosen_period
from regard.metrics.touchpoints.queries import catalogue
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    today = timezone.localdate()
    period, chosen = chosen_period(request.GET, today)
    page = catalogue(request.scope, request.workspace, period=period, today=today)
    context = {
        "page": page,
        "periods": LASTING,
        "chosen": chosen,
        "period": period,
        "may_edit": request.member.may(Right.CATALOGUE),
        "industries": IndustryForm(initial={"industry": request.workspace.industry}),
    }
    return render(request, "metrics/touchpoints/index.html", context)
