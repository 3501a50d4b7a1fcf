"""How many answer, and how precise their score is: from what was answered before, else at worst."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regard.listening.invitations.enough import LEAST, main_metric
from regard.listening.programmes.models import Programme
from regard.listening.programmes.queries import Funnel, funnels
from regard.metrics.measures import MEASURES
from regard.metrics.period import Period
from regard.metrics.query import Query
from regard.metrics.run import run
from regard.warehouse.scope import Scope

_Z = 1.96
#: The widest that scores can lie apart: half of them at either end. Ratings of several scales are put on 0–100.
_WIDEST = {"nps": 100.0, "expectation": 100.0, "csat": 50.0, "ces": 3.0, "emotion": 2.0, "rating": 50.0}


@dataclass(frozen=True)
class Spread:
    """The standard deviation of one answer's contribution to a score, in the score's unit; `n` answers say so (0: none, it is the widest)."""

    metric: str
    deviation: float
    n: int

    def margin(self, answers: float) -> float | None:
        """Half the 95 % interval of so many; None below as many as are compared at all."""
        return _Z * self.deviation / math.sqrt(answers) if answers >= LEAST else None

    def needed(self, margin: float) -> int:
        return max(LEAST, math.ceil((_Z * self.deviation / margin) ** 2))


def spread(programme: Programme, *, now: datetime) -> Spread | None:
    """Of the metric that the programme's survey asks for, over the last year of the workspace. None where it asks for none."""
    metric = main_metric(programme.survey)
    if metric is None:
        return None
    today = now.astimezone(programme.workspace.zone).date()
    query = Query(measure=MEASURES[metric], period=Period(today - timedelta(days=365), today))
    total = run(query, Scope(programme.workspace_id), programme.workspace).total
    if total.n < LEAST or not total.margin:
        return Spread(metric, _WIDEST[metric], 0)
    return Spread(metric, total.margin * math.sqrt(total.n) / _Z, total.n)


@dataclass(frozen=True)
class Rate:
    """Percent of those reached who answered; `sent` messages say so (0: none, it is a guess)."""

    percent: float
    sent: int


#: Where nobody was asked before: what short invitations by e-mail commonly meet with is between 5 and 30 %.
_GUESS = 15.0


def usual_rate(programme: Programme, *, now: datetime) -> Rate:
    """As the workspace's programmes that share a channel with this one were answered."""
    others = Programme.objects.filter(workspace=programme.workspace_id, channels__overlap=programme.channels).exclude(
        launched=None
    )
    told = funnels(Scope(programme.workspace_id), list(others.values_list("pk", flat=True)), now=now).values()
    all_of_them = Funnel(
        sent=sum(one.sent for one in told), bounced=sum(one.bounced for one in told),
        completed=sum(one.completed for one in told), partial=sum(one.partial for one in told),
    )  # fmt: skip
    if all_of_them.reached < LEAST or not all_of_them.response_rate:
        return Rate(_GUESS, 0)
    return Rate(round(min(all_of_them.response_rate, 100.0), 1), all_of_them.reached)


@dataclass
class Answering:
    """Counts the answers that a rehearsal may expect, by group and round, so that it knows when they are enough."""

    #: Answers that one invitation of the rehearsal stands for.
    each: float
    needed: int | None
    asked: dict[tuple[str, int], int] = field(default_factory=dict)

    def covers(self, group: str, wave: int) -> bool:
        return self.needed is not None and self.asked.get((group, wave), 0) * self.each >= self.needed

    def note(self, group: str, wave: int) -> None:
        self.asked[group, wave] = self.asked.get((group, wave), 0) + 1
