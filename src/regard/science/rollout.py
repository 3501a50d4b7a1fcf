"""The effect of something that reaches units one after the other. Borusyak, Jaravel & Spiess (2024), "Revisiting Event-Study Designs: Robust and
Efficient Estimation", Review of Economic Studies 91(6), the imputation estimator (their section 4).

What a unit would have been without it is imputed from its own level and from how the units changed that did not have it (yet); the effect is what
is left. So neither a trend shared by all nor lasting differences between units pass for an effect, nor do effects that grow with time spoil the
comparison, as they do in a regression on two sets of fixed effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from regard.science.estimate import Estimate, Floats, floats

Ints = npt.NDArray[np.int64]
METHOD = "imputation (Borusyak, Jaravel & Spiess 2024), t interval"
#: Periods just before it came, in which there must be nothing to see.
LEAD = 3


@dataclass(frozen=True)
class Cells:
    """One row for each unit and period that has answers: columns of equal length.

    `unit` and `period` are codes; `n`, `mean` and `variance` those of the answers (any unit of score; the variance of one answer is 0);
    `since` is how many periods the unit has had it: 0 is the first period that lies wholly after it came, negative before, and NEVER.
    """

    unit: Ints
    period: Ints
    n: Floats
    mean: Floats
    variance: Floats
    since: Ints

    def where(self, chosen: npt.NDArray[np.bool_]) -> Cells:
        return Cells(self.unit[chosen], self.period[chosen], self.n[chosen], self.mean[chosen], self.variance[chosen], self.since[chosen])

    @property
    def treated(self) -> npt.NDArray[np.bool_]:
        return self.since >= 0


NEVER = -(10**6)


def cells(
    *, unit: npt.ArrayLike, period: npt.ArrayLike, n: npt.ArrayLike, mean: npt.ArrayLike, variance: npt.ArrayLike, since: npt.ArrayLike
) -> Cells:  # fmt: skip
    units, periods, since = (np.asarray(one, dtype=np.int64) for one in (unit, period, since))
    return Cells(units, periods, floats(n), floats(mean), np.nan_to_num(floats(variance)), since)


@dataclass(frozen=True)
class Rollout:
    """`effect`: the mean effect on the answers given since it came, in the unit of the score; None where nothing can be told, and `why` says it.

    `placebo`: the same estimate for the periods just before it came, where the truth is 0. `without`: the effect with each of the units that got
    it left out in turn. `path`: for each period since it came (negative: before) the gap to what would have been, with its interval.
    """

    effect: Estimate | None
    placebo: Estimate | None = None
    without: tuple[tuple[int, float], ...] = ()
    path: tuple[tuple[int, Estimate], ...] = ()
    why: str = ""

    @property
    def trusted(self) -> bool:
        """Whether nothing was to be seen before it came."""
        return self.placebo is None or self.placebo.low <= 0 <= self.placebo.high


#: Reasons for which nothing can be told, to be put into words by whoever shows them.
NO_ANSWERS, NO_BEFORE, NO_OTHERS = "no answers since", "no time before", "nobody without it"


def rollout(given: Cells) -> Rollout:
    """Estimate it. Units whose time before it came is not known, and periods in which everybody has it, say nothing and are left out."""
    if not given.treated.any():
        return Rollout(None, why=NO_ANSWERS)
    base = ~given.treated
    if not np.isin(given.unit[given.treated], given.unit[base]).any():
        return Rollout(None, why=NO_BEFORE)
    model = _Model.fit(given, base)
    told = given.treated & model.known
    if not told.any():
        return Rollout(None, why=NO_OTHERS)
    effect = model.effect(told)
    left_out = []
    for unit in np.unique(given.unit[told]):
        rest = given.where(given.unit != unit)
        if rest.treated.any() and (~rest.treated).any():
            other = _Model.fit(rest, ~rest.treated)
            if (rest.treated & other.known).any():
                left_out.append((int(unit), other.effect(rest.treated & other.known).value))
    return Rollout(effect, _placebo(given), tuple(left_out), _path(given, model))


def _placebo(given: Cells) -> Estimate | None:
    """As if it had come LEAD periods earlier, on the time before it did."""
    before = given.where(~given.treated)
    early = (before.since >= -LEAD) & (before.since < 0)
    if not early.any() or early.all():
        return None
    model = _Model.fit(before, ~early)
    told = early & model.known
    return model.effect(told) if told.any() else None


def _path(given: Cells, model: _Model) -> tuple[tuple[int, Estimate], ...]:
    """Before it came: what is left of the fit, which is around 0 by itself; after: the effect of each period."""
    found = []
    for since in np.unique(given.since[given.since > NEVER]):
        here = (given.since == since) & model.known
        if here.any() and since >= -24:
            found.append((int(since), model.effect(here)))
    return tuple(found)


@dataclass(frozen=True)
class _Model:
    """Levels of units and periods, fitted on `base`; `known`: cells of which both are."""

    given: Cells
    base: npt.NDArray[np.bool_]
    design: Floats
    #: Coefficients = solve @ means of the base.
    solve: Floats
    known: npt.NDArray[np.bool_]
    dispersion: float
    freedom: int
    #: Of one answer, within cells.
    variance: float

    @classmethod
    def fit(cls, given: Cells, base: npt.NDArray[np.bool_]) -> _Model:
        units, unit = np.unique(given.unit, return_inverse=True)
        periods, period = np.unique(given.period, return_inverse=True)
        design = np.zeros((len(unit), len(units) + len(periods)))
        design[np.arange(len(unit)), unit] = 1.0
        design[np.arange(len(unit)), len(units) + period] = 1.0
        x, weight = design[base], given.n[base]
        gram = x.T @ (x * weight[:, None])
        inverse = np.linalg.pinv(gram, hermitian=True)
        solve = inverse @ (x * weight[:, None]).T
        # what the base says nothing of, no linear combination of it can reproduce
        known = np.abs(design - design @ inverse @ gram).max(axis=1) < 1e-7
        freedom = int(base.sum() - np.linalg.matrix_rank(gram))
        more = np.maximum(given.n - 1, 0)
        pooled = float((given.variance * more).sum() / more.sum()) if more.sum() else 0.0
        left = given.mean[base] - x @ (solve @ given.mean[base])
        spread = float((weight * left**2).sum() / (freedom * pooled)) if freedom > 0 and pooled > 0 else 1.0
        return cls(given, base, design, solve, known, max(spread, 1.0), freedom, pooled)

    def effect(self, told: npt.NDArray[np.bool_]) -> Estimate:
        """The mean gap of these cells, weighted by answers. Its variance: of a sum of cell means, each with its sampling variance times how much
        more the cells scatter than sampling alone would have them.
        """
        given = self.given
        share = np.where(told, given.n, 0.0) / given.n[told].sum()
        weights = share.copy()
        weights[self.base] -= (share @ self.design) @ self.solve
        value = float(weights @ given.mean)
        error = float(np.sqrt(self.dispersion * self.variance * (weights**2 / given.n).sum()))
        far = float(stdtrit(self.freedom, 0.975)) * error if self.freedom > 0 else float("nan")
        return Estimate(value, value - far, value + far, int(given.n[told].sum()), METHOD, error)
