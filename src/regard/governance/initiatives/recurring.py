"""What keeps recurring, and so may be worth an initiative: root causes of many cases, matters of many customers, scores that fell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.care.cases.models import Case
from regard.care.cases.queries import seen
from regard.care.queues.causes import tree
from regard.governance.initiatives.models import Initiative, Outcome, Stage
from regard.metrics import shown
from regard.metrics.dimensions import Names
from regard.metrics.query import read_query
from regard.metrics.run import run
from regard.warehouse.scope import Scope
from regard.web import numbers
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.models import Workspace

_DAYS = 90
#: Fewer cases are a matter of each customer, and not of how things are done.
_FEWEST_CASES = 5
_MOST = 4


@dataclass(frozen=True)
class Recurring:
    """`begin`: the page on which an initiative against it begins; `look`: what it is made of."""

    title: str
    text: str
    look: str
    begin: str


def recurring(scope: Scope, workspace: Workspace, member: Member, *, now: datetime, today: date) -> list[Recurring]:
    """Of the last 90 days, what no initiative is about yet, as far as the reader may see it. Raises WarehouseAway."""
    going = list(Initiative.objects.filter(workspace=workspace).exclude(stage=Stage.DROPPED))
    cases = seen(scope, member) if member.may(Right.CUSTOMERS) else Case.objects.none()
    return [
        *_causes(cases, workspace, {one.cause_id for one in going}, now=now),
        *_great_matters(cases, {one.title.casefold() for one in going}, now=now),
        *_falling(scope, workspace, {(one.metric, place) for one in going for place in one.touchpoints}, today=today),
    ]


def _begin(**given: object) -> str:
    return f"{reverse('initiatives:new')}?{urlencode(given)}"


def _causes(cases: QuerySet[Case], workspace: Workspace, known: set[int | None], *, now: datetime) -> list[Recurring]:
    lately, before = now - timedelta(days=_DAYS), now - timedelta(days=2 * _DAYS)
    counted = (
        cases.filter(opened__gte=before, cause__isnull=False).exclude(cause__in=[one for one in known if one]).values("cause")
        .annotate(n=Count("pk", filter=Q(opened__gte=lately)), earlier=Count("pk", filter=Q(opened__lt=lately)))
        .filter(n__gte=_FEWEST_CASES).order_by("-n")[:_MOST]
    )  # fmt: skip
    names = {one.cause.pk: one.path for one in tree(workspace.pk, retired=True)}
    found = []
    for row in counted:
        name = names.get(row["cause"], "?")
        text = ngettext(
            "%(n)s case in %(days)s days, %(before)s in those before", "%(n)s cases in %(days)s days, %(before)s in those before", row["n"]
        ) % {"n": numbers.count(row["n"]), "days": _DAYS, "before": numbers.count(row["earlier"])}  # fmt: skip
        look = f"{reverse('cases:index')}?{urlencode({'cause': row['cause'], 'state': 'all'})}"
        found.append(Recurring(name, text, look, _begin(cause=row["cause"], title=name.rpartition(" / ")[2])))
    return found


def _great_matters(cases: QuerySet[Case], known: set[str], *, now: datetime) -> list[Recurring]:
    """Cases that others are parts of, such as an outage."""
    counted = cases.filter(parent__opened__gte=now - timedelta(days=_DAYS), parent__in=cases).values("parent").annotate(n=Count("pk"))
    sizes = dict(counted.filter(n__gte=_FEWEST_CASES).order_by("-n").values_list("parent", "n")[:_MOST])
    matters = Case.objects.in_bulk(sizes)
    found = []
    for pk, n in sizes.items():
        one = matters[pk]
        if one.title.casefold() not in known:
            text = _("%(n)s cases are part of #%(number)s") % {"n": numbers.count(n), "number": one.number}
            given = {"title": one.title[:120]} | ({"cause": one.cause_id} if one.cause_id else {})
            found.append(Recurring(one.title, text, reverse("cases:show", args=[one.number]), _begin(**given)))
    return found


def _falling(scope: Scope, workspace: Workspace, known: set[tuple[str, int]], *, today: date) -> list[Recurring]:
    """Touchpoints whose score fell by more than chance explains, in the last 90 days against those before."""
    names, found = Names.of(workspace.pk), []
    for metric in Outcome.values:
        query = read_query(metric=metric, by="touchpoint", lasting=f"{_DAYS}d", compare="previous", today=today)
        result = run(query, scope, workspace, names=names)
        for row in result.rows:
            if not row.key or row.change is None or row.change.good is not False or (metric, row.key) in known:
                continue
            text = _("%(change)s in %(days)s days, n = %(n)s") % {
                "change": numbers.signed(row.change.value, 0 if metric in ("nps", "csat") else 2), "days": _DAYS, "n": numbers.count(row.n)
            }  # fmt: skip
            look = shown.asked_again(query, reverse("explore:index"), by="week", where=f"touchpoint={row.label}")
            title = f"{query.measure.title} · {row.label}"
            found.append((row.change.p or 0.0, Recurring(title, text, look, _begin(metric=metric, touchpoint=row.key, title=row.label))))
    return [one for _p, one in sorted(found, key=lambda pair: pair[0])[:_MOST]]
