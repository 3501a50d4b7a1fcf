"""A customer's scores over time, one small line for each metric, on that metric's own scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regard.ledger.feeling import feeling
from regard.ledger.timeline.queries import Score, scores_of
from regard.ledger.timeline.told import METRICS
from regard.warehouse.scope import Scope

_WIDE, _TOP, _BOTTOM, _EDGE = 320, 6, 34, 6
_SHOWN = 40


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    tone: str
    told: str


@dataclass(frozen=True)
class Line:
    title: str
    last: str
    before: str
    told: str
    path: str
    dots: tuple[Dot, ...]


def score_lines(scope: Scope, profiles: Sequence[int]) -> list[Line]:
    """The metrics they were asked about, the one answered last first."""
    found = scores_of(scope, profiles)
    lines = [
        (max(score.at for score in scores), _line(metric, scores))
        for metric, group in groupby(
            sorted(found, key=lambda score: (score.metric, score.at)), key=lambda score: score.metric
        )
        if (scores := list(group)[-_SHOWN:])
    ]
    return [line for _at, line in sorted(lines, key=lambda pair: pair[0], reverse=True)]


def _line(metric: str, scores: list[Score]) -> Line:
    begin, end = scores[0].at, scores[-1].at
    dots = tuple(
        Dot(
            _x(score.at, begin, end), _y(score), feeling(score.metric, score.score, score.low, score.high), _told(score)
        )
        for score in scores
    )
    title = str(METRICS.get(metric, metric or _("Score")))
    told = _("%(title)s: %(scores)s") % {"title": title, "scores": ", ".join(dot.told for dot in dots)}
    path = " ".join(f"{dot.x},{dot.y}" for dot in dots) if len(dots) > 1 else ""
    return Line(title, _figure(scores[-1]), f"{scores[-2].score:g}" if len(scores) > 1 else "", told, path, dots)


def _x(at: datetime, begin: datetime, end: datetime) -> float:
    whole = (end - begin).total_seconds()
    share = (at - begin).total_seconds() / whole if whole else 0.5
    return round(_EDGE + share * (_WIDE - 2 * _EDGE), 1)


def _y(score: Score) -> float:
    share = (score.score - score.low) / (score.high - score.low) if score.high > score.low else 0.5
    return round(_BOTTOM - min(max(share, 0.0), 1.0) * (_BOTTOM - _TOP), 1)


def _figure(score: Score) -> str:
    return _("%(score)s of %(top)s") % {"score": f"{score.score:g}", "top": score.high}


def _told(score: Score) -> str:
    return f"{_figure(score)}, {date_format(score.at, 'DATE_FORMAT')}"
