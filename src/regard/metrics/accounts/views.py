"""What an account's people, and those of all accounts that are part of it, score and do: the scores roll up."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.customers.accounts.models import below
from regard.customers.accounts.queries import account
from regard.metrics import shown
from regard.metrics.accounts.queries import worth_of
from regard.metrics.dimensions import Names
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.web import numbers
from regard.workspace.members.middleware import RegardRequest

_METRICS = ("nps", "csat", "ces", "interactions")
_LASTING = "365d"


@dataclass(frozen=True)
class Rolled:
    title: str
    value: str
    margin: str
    n: int


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    found = account(request.scope, pk)
    if found is None:
        raise Http404
    rows, names = [], Names.of(request.workspace.pk)
    for metric in _METRICS:
        query = read_query(metric=metric, where=[f"account=#{found.pk}"], lasting=_LASTING, today=timezone.localdate())
        result = run(query, request.scope, request.workspace, names=names)
        if result.total.value is not None and result.total.n:
            unit = result.unit
            rows.append(
                Rolled(
                    str(query.measure.title),
                    shown.full(unit)(result.total.value),
                    shown.margin(result.total, unit),
                    result.total.n,
                )
            )
    worth = worth_of(request.scope, below(request.workspace.pk, found.pk))
    told = [(numbers.money(one.amount, one.currency[:3] or request.workspace.currency), one.people) for one in worth]
    return render(request, "metrics/accounts/_panel.html", {"rows": rows, "worth": told})
