"""A team's week, as its agenda: what moved, what came in, what is worth hearing, who was praised, what was decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from regard.care.cases.models import Case, State
from regard.care.cases.queries import seen
from regard.dashboards.huddle.models import Decision
from regard.insights.verbatims.queries import Verbatim, verbatims
from regard.insights.verbatims.quotes import Quote, quotes
from regard.metrics import shown
from regard.metrics.period import Period
from regard.metrics.query import read_filters, read_query
from regard.metrics.run import run
from regard.warehouse.scope import Scope
from regard.web.components.score import ScoreCard
from regard.workspace.members.models import Member
from regard.workspace.units.models import Unit, at_and_below
from regard.workspace.workspaces.models import Workspace

_METRICS = ("nps", "csat", "ces")
#: Comments that are read for names and words worth hearing.
_READ, _HEARD = 300, 3
#: Shorter names are parts of other words.
_SHORTEST = 4


@dataclass(frozen=True)
class Praise:
    """A colleague who is named in a good comment."""

    name: str
    quote: Quote


@dataclass(frozen=True)
class Agenda:
    cards: list[ScoreCard]
    opened: int
    closed: int
    late: list[Case]
    good: list[Quote]
    bad: list[Quote]
    praise: list[Praise]
    decisions: list[Decision]

    @property
    def open_decisions(self) -> int:
        return sum(one.done is None for one in self.decisions)


def agenda(
    scope: Scope, workspace: Workspace, unit: Unit, *, monday: date, reader: Member, with_people: bool, now: datetime
) -> Agenda:  # fmt: skip
    """Of the week that begins on that Monday, against the one before. Raises WarehouseAway when the ledger does not answer."""
    where, sunday = [f"unit={unit.name}"], monday + timedelta(days=6)
    units = at_and_below(workspace.pk, {unit.pk})
    cards = []
    for metric in _METRICS:
        asked = read_query(metric=metric, where=where, first=monday.isoformat(), last=sunday.isoformat(), compare="previous", today=sunday)
        result = run(asked, scope, workspace)
        if result.total.n:
            cards.append(shown.card(result))
    week = Period(monday, monday + timedelta(days=7))
    said = {
        tone: verbatims(scope, workspace, filters=read_filters(where), period=week, feeling=tone, limit=_READ if tone == "good" else 40).verbatims
        for tone in ("good", "bad")
    }
    first, last = (datetime.combine(day, datetime.min.time(), workspace.zone) for day in (monday, monday + timedelta(days=7)))
    mine = seen(scope, reader).filter(unit__in=units)
    late = mine.exclude(state__in=(State.CLOSED, State.WAITING)).filter(due__lt=now).select_related("owner__user", "unit").order_by("due")
    return Agenda(
        cards=cards, opened=mine.filter(opened__gte=first, opened__lt=last).count(), closed=mine.filter(closed__gte=first, closed__lt=last).count(),
        late=list(late[:5]), good=quotes(_telling(said["good"]), scope, with_people=with_people),
        bad=quotes(_telling(said["bad"]), scope, with_people=with_people), praise=_praise(scope, units, said["good"], with_people),
        decisions=decisions(unit, monday),
    )  # fmt: skip


def decisions(unit: Unit, monday: date) -> list[Decision]:
    """Those of the week, and older ones that are not done or were done in it."""
    found = Decision.objects.filter(unit=unit, week__lte=monday).filter(Q(week=monday) | Q(done=None) | Q(done__date__gte=monday))
    return list(found.select_related("owner__user", "raised_from"))


def _telling(found: Sequence[Verbatim]) -> list[Verbatim]:
    """Those that say the most: neither a word nor a book."""
    return sorted(found, key=lambda one: -min(len(one.text), 240))[:_HEARD]


def _praise(scope: Scope, units: Sequence[int], good: Sequence[Verbatim], with_people: bool) -> list[Praise]:
    """Members of these units whose names customers wrote when they were content; each once."""
    found = []
    members = Member.objects.filter(workspace=scope.workspace, left=None, units__in=units).select_related("user").distinct()
    for one in members:
        names = [name for name in (one.user.name, *one.user.name.split()[:1]) if len(name) >= _SHORTEST]
        quoted = next((said for said in good if any(_names(said.text, name) for name in names)), None)
        if quoted is not None:
            found.append(Praise(str(one.user), quotes([quoted], scope, with_people=with_people)[0]))
    return found


def _names(text: str, name: str) -> bool:
    """As a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
