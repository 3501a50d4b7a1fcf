from __future__ import annotations

from defusedcsv import csv as safe_csv
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.metrics.explore.queries import begun, breakdowns_offered, explore, metrics_offered, read
from regard.metrics.payload import table
from regard.metrics.period import BadQuery
from regard.metrics.periods import COMPARED, LASTING, chosen_period
from regard.metrics.run import run
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    period, chosen = chosen_period(request.GET, timezone.localdate())
    page, wrong, query = None, "", None
    given = begun(request.GET, period, request.scope, request.workspace)
    try:
        query = read(given, period)
        page = explore(query, request.scope, request.workspace)
        breakdowns = breakdowns_offered(request.scope)
    except BadQuery as bad:
        wrong, breakdowns = str(bad), breakdowns_offered(request.scope)
    context = {
        "page": page,
        "wrong": wrong,
        "query": query,
        "metrics": metrics_offered(),
        "breakdowns": breakdowns,
        "periods": LASTING,
        "compares": COMPARED,
        "chosen": chosen,
        "period": period,
        "where": _kept(request),
        "by": given.get("by", "touchpoint"),
        "metric": given.get("metric", "nps"),
        "compare": query.compare if query else "",
    }
    return render(request, "metrics/explore/index.html", context, status=400 if wrong else 200)


def csv(request: RegardRequest) -> HttpResponse:
    """The same result as a file. Cells that a spreadsheet would run as formulas are defused."""
    period, _chosen = chosen_period(request.GET, timezone.localdate())
    try:
        query = read(begun(request.GET, period, request.scope, request.workspace), period)
        result = run(query, request.scope, request.workspace)
    except BadQuery as wrong:
        return HttpResponse(str(wrong), status=400, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{query.measure.name}-{query.by.dimension.name if query.by else 'total'}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    safe_csv.writer(answer).writerows(table(result))
    return answer


def _kept(request: RegardRequest) -> list[str]:
    kept = [text for text in request.GET.getlist("where") if text]
    if request.GET.get("filter") and request.GET.get("value", "").strip():
        kept.append(f"{request.GET['filter']}={request.GET['value'].strip()}")
    return kept
