"""The metrics: for each the rows it looks at, the sums it needs from the engine, and how an estimate follows from them.

Sums (not scores) leave the engine, so that totals, the rest of a table and differences are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext_lazy as _

from regard.science import Estimates, mean, nps, proportion
from regard.science.estimate import Floats

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Sums = Mapping[str, Floats]


@dataclass(frozen=True)
class Measure:
    name: str
    title: StrOrPromise
    formula: str
    rows: str  # condition on the ledger
    sums: Mapping[str, str]  # name → aggregate
    estimate: Callable[[Sums], Estimates]
    unit: str  # how a value is written: points, percent, scale, seconds, count
    #: Shares shown beside the headline, good first: name → (title, sum).
    split: tuple[tuple[str, StrOrPromise], ...] = ()
    interval: str = ""
    #: Whether more is better: colours follow it.
    up_is_good: bool = True
    #: Sums that are the least or greatest of a group instead.
    extremes: Mapping[str, str] | None = None

    @property
    def of_answers(self) -> bool:
        return "'answer'" in self.rows


def _counts(sums: Sums) -> Estimates:
    """A count has no interval: it is what was counted."""
    n = sums["n"]
    nothing = np.full(len(n), np.nan)
    return Estimates(
        value=n,
        low=nothing,
        high=nothing,
        n=n.astype(np.int64),
        method=np.full(len(n), "count"),
        standard_error=nothing,
    )


def _nps(sums: Sums) -> Estimates:
    return nps(promoters=sums["promoters"], passives=sums["passives"], detractors=sums["detractors"])


def _csat(sums: Sums) -> Estimates:
    return proportion(successes=sums["satisfied"], n=sums["n"])


def _mean(sums: Sums) -> Estimates:
    return mean(n=sums["n"], total=sums["total"], total_of_squares=sums["squares"])


def _rating(sums: Sums) -> Estimates:
    """On their own scale while all answers share one, else everything on 0–100."""
    scales = (sums["low_min"], sums["low_max"], sums["high_min"], sums["high_max"])
    answered = sums["n"] > 0
    one = _same(scales[0][answered], scales[1][answered]) and _same(scales[2][answered], scales[3][answered])
    if one:
        return _mean(sums)
    return mean(n=sums["n"], total=sums["rescaled"], total_of_squares=sums["rescaled_squares"])


def _same(low: Floats, high: Floats) -> bool:
    return not len(low) or float(low.min()) == float(high.max())


_SCORED = "kind = 'answer' and box > -128"
#: Sums over columns that may hold null cost half as much again; the rows looked at have a score.
_SCORE = "assumeNotNull(score)"
_RESCALED = f"(100 * ({_SCORE} - scale_low) / (scale_high - scale_low))"
_SUMS = {"n": "count()", "total": f"sum({_SCORE})", "squares": f"sum({_SCORE} * {_SCORE})"}
_LENGTH = "assumeNotNull(duration)"
#: The top, the middle and the bottom of a scale, of which the top less the bottom counts.
_THREE = {
    "n": "count()", "promoters": "countIf(box = 1)", "passives": "countIf(box = 0)", "detractors": "countIf(box = -1)",
}  # fmt: skip

MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            name="nps",
            title=_("NPS"),
            formula="NPS = 100 × (promoters − detractors) / answers; promoters score 9–10, passives 7–8, detractors 0–6",
            rows=f"{_SCORED} and metric = 'nps'",
            sums=_THREE,
            estimate=_nps,
            unit="points",
            split=(("promoters", _("promoters")), ("passives", _("passives")), ("detractors", _("detractors"))),
            interval="95 %; plain (1.96 × √(v/n)) from 100 answers on, square-and-add of Wilson limits below",
        ),
        Measure(
            name="csat",
            title=_("Satisfaction"),
            formula="CSAT = 100 × top boxes / answers; top 1 of 2–3 points, top 2 of 4–7, top 3 of 8 and more",
            rows=f"{_SCORED} and metric = 'csat'",
            sums={"n": "count()", "satisfied": "countIf(box = 1)", "dissatisfied": "countIf(box = -1)"},
            estimate=_csat,
            unit="percent",
            split=(("satisfied", _("satisfied")), ("between", _("in between")), ("dissatisfied", _("dissatisfied"))),
            interval="95 %, Wilson",
        ),
        Measure(
            name="ces",
            title=_("Effort"),
            formula="CES 2.0 = mean of “made it easy”, 1 strongly disagree … 7 strongly agree (high is good)",
            rows=f"{_SCORED} and metric = 'ces'",
            sums={**_SUMS, "easy": "countIf(box = 1)", "hard": "countIf(box = -1)"},
            estimate=_mean,
            unit="of 7",
            split=(("easy", _("easy (5–7)")), ("between", _("in between")), ("hard", _("hard (1–3)"))),
            interval="95 %, t",
        ),
        Measure(
            name="expectation",
            title=_("Against expectation"),
            formula="100 × (above what was expected − below) / answers",
            rows=f"{_SCORED} and metric = 'expectation'",
            sums=_THREE,
            estimate=_nps,
            unit="points",
            split=(("promoters", _("above")), ("passives", _("as expected")), ("detractors", _("below"))),
            interval="95 %; as of NPS, which is a difference of two shares too",
        ),
        Measure(
            name="emotion",
            title=_("Emotion"),
            formula="mean of −2 very negative … +2 very positive",
            rows=f"{_SCORED} and metric = 'emotion'",
            sums={**_SUMS, "good": "countIf(box = 1)", "bad": "countIf(box = -1)"},
            estimate=_mean,
            unit="scale",
            split=(("good", _("positive")), ("between", _("in between")), ("bad", _("negative"))),
            interval="95 %, t",
        ),
        Measure(
            name="rating",
            title=_("Mean rating"),
            formula="mean of ratings on their own scale; where scales differ, each is first put on 0–100",
            rows=f"{_SCORED} and metric in ('csat', 'rating')",
            sums={
                **_SUMS,
                "rescaled": f"sum({_RESCALED})",
                "rescaled_squares": f"sum({_RESCALED} * {_RESCALED})",
                "low_min": "min(scale_low)",
                "low_max": "max(scale_low)",
                "high_min": "min(scale_high)",
                "high_max": "max(scale_high)",
            },
            estimate=_rating,
            unit="scale",
            interval="95 %, t",
            extremes={"low_min": "min", "low_max": "max", "high_min": "min", "high_max": "max"},
        ),
        Measure(
            name="answers",
            title=_("Answers"),
            formula="number of answers (one question answered once)",
            rows="kind = 'answer'",
            sums={"n": "count()"},
            estimate=_counts,
            unit="count",
        ),
        Measure(
            name="interactions",
            title=_("Interactions"),
            formula="number of interactions",
            rows="kind = 'interaction'",
            sums={"n": "count()"},
            estimate=_counts,
            unit="count",
        ),
        Measure(
            name="duration",
            title=_("Duration"),
            formula="mean duration of interactions that have one, in seconds",
            rows="kind = 'interaction' and isNotNull(duration)",
            sums={"n": "count()", "total": f"sum({_LENGTH})", "squares": f"sum({_LENGTH} * {_LENGTH})"},
            estimate=_mean,
            unit="seconds",
            interval="95 %, t",
            up_is_good=False,
        ),
    )
}
