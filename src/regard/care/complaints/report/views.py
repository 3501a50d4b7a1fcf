from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regard.care.complaints.models import Via
from regard.care.complaints.report.queries import BY, Row, report
from regard.care.queues.causes import tree
from regard.ledger.touchpoints.models import Touchpoint
from regard.web import numbers
from regard.web.charts.bars import bars
from regard.web.charts.chart import Chart, Point
from regard.web.tables import Cell, as_csv
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.models import Unit

_PERIODS = {"90": 90, "365": 365, "730": 730}
_TABLES = (("cause", _lazy("Root cause")), ("touchpoint", _lazy("Touchpoint")), ("unit", _lazy("Unit")), ("via", _lazy("How it came in")))


def index(request: RegardRequest) -> HttpResponseBase:
    """What complaints come from, and whether they are dealt with as promised."""
    now = timezone.now()
    days = _PERIODS.get(request.GET.get("days", ""), 365)
    found = report(request.scope, first=now - timedelta(days=days), last=now, now=now, zone=str(request.workspace.zone))
    names = _names(request, found)
    if request.GET.get("as") == "csv" and request.member.may(Right.EXPORT):
        return _file(found, names)
    total = found[""][0]
    told = [(by, title) for by, title in _TABLES if any(one.key is not None for one in found[by])]
    before = report(request.scope, first=now - timedelta(days=2 * days), last=now - timedelta(days=days), now=now, zone=str(request.workspace.zone))
    tables = [(by, title, [(names[by].get(one.key, _none(by)), one, one.received / total.received) for one in found[by]]) for by, title in told]
    context = {
        "total": total, "before": before[""][0].received, "days": str(days), "periods": list(_PERIODS), "tables": tables,
        "chart": _chart(found["month"]), "currency": request.workspace.currency, "may_export": request.member.may(Right.EXPORT),
    }  # fmt: skip
    return render(request, "care/complaints/report/index.html", context)


def _names(request: RegardRequest, found: Mapping[str, Sequence[Row]]) -> dict[str, dict[object, str]]:
    """What each group is called."""
    mine = {"workspace": request.workspace}
    causes: dict[object, str] = {one.cause.pk: one.path for one in tree(request.workspace.pk, retired=True)}
    return {
        "month": {one.key: _month(one.key) for one in found["month"] if isinstance(one.key, date)}, "cause": causes,
        "touchpoint": dict(Touchpoint.objects.filter(**mine).values_list("pk", "name")),
        "unit": dict(Unit.objects.filter(**mine).values_list("pk", "name")), "via": {value: str(label) for value, label in Via.choices},
    }  # fmt: skip


def _none(by: str) -> str:
    return _("no cause named") if by == "cause" else _("none in particular")


def _month(day: date) -> str:
    return str(date_format(day, "M Y"))


def _chart(months: Sequence[Row]) -> Chart | None:
    if len(months) < 2:
        return None
    points = [
        Point(label=_month(one.key), tick=str(date_format(one.key, "M")), value=one.received, n=one.received)
        for one in months if isinstance(one.key, date)
    ]  # fmt: skip
    return bars(points, label=_("Complaints received, by month"), number=lambda value: numbers.decimal(value))


def _file(found: Mapping[str, Sequence[Row]], names: Mapping[str, Mapping[object, str]]) -> HttpResponseBase:
    answer = StreamingHttpResponse(as_csv(_lines(found, names)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="complaints.csv"'
    return answer


def _lines(found: Mapping[str, Sequence[Row]], names: Mapping[str, Mapping[object, str]]) -> Iterator[Sequence[Cell]]:
    yield ("by", "of", "received", "decided", "upheld_rate", "final_responses_owed", "in_time_rate", "acknowledged_in_time_rate",
           "median_days_to_answer", "redress", "at_ombudsman", "overturned", "settled")  # fmt: skip
    for by in ("", *BY):
        for one in found[by]:
            rates = ["" if rate.n == 0 else round(rate.value, 2) for rate in (one.upheld, one.in_time, one.acknowledged)]
            yield (by or "all", "" if not by else names[by].get(one.key, ""), one.received, one.ruled, rates[0], one.owed, rates[1], rates[2],
                   "" if one.lasted is None else round(one.lasted / 86_400, 1), str(one.given), one.referred, one.overturned,
                   one.settled)  # fmt: skip


