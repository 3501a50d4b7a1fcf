"""Whether the answers of a round are as precise as was wanted: nobody more need be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from regard.listening.programmes.models import Kind, Programme
from regard.listening.surveys.models import Survey
from regard.metrics.dimensions import read_by
from regard.metrics.measures import MEASURES
from regard.metrics.period import Period
from regard.metrics.query import Filter, Query
from regard.metrics.run import run
from regard.warehouse.scope import Scope

#: Fewer answers than this are never enough, whatever their interval happens to be.
LEAST = 30


class Enough(Protocol):
    def covers(self, group: str, wave: int) -> bool:
        """Whether this group has answers enough in this round."""


@dataclass(frozen=True)
class Precise:
    """The groups that are precise enough, by name, in the round that is on; the one group of all has no name."""

    groups: frozenset[str]

    def covers(self, group: str, wave: int) -> bool:
        return group in self.groups


def precise_groups(programme: Programme, *, now: datetime) -> Precise:
    """Reads what the ledger holds: an answer of a minute ago may not be in it yet. A group that is not known is not precise."""
    metric = main_metric(programme.survey)
    if programme.margin is None or metric is None:
        return Precise(frozenset())
    today = now.astimezone(programme.workspace.zone).date()
    query = Query(
        measure=MEASURES[metric], by=read_by(programme.margin_by) if programme.margin_by else None,
        filters=(Filter(read_by("programme"), (programme.name,)),), period=Period(_round_began(programme, now), today),
    )  # fmt: skip
    found = run(query, Scope(programme.workspace_id), programme.workspace)
    wanted = float(programme.margin)
    enough = (row.label for row in found.rows if row.n >= LEAST and row.margin is not None and row.margin <= wanted)
    return Precise(frozenset(enough))


def main_metric(survey: Survey) -> str | None:
    """The first question with a score: what the survey is asked for."""
    version = survey.published
    questions = (version.content if version else survey.content).questions()
    return next(
        (metric for one in questions if (metric := "rating" if one.kind == "matrix" else one.kind) in MEASURES), None
    )


def _round_began(programme: Programme, now: datetime) -> date:
    assert programme.launched is not None
    days = (programme.wave_at(now) - 1) * max(programme.rest_days, 1) if programme.kind == Kind.RELATIONSHIP else 0
    return (programme.launched + timedelta(days=days)).astimezone(programme.workspace.zone).date()
