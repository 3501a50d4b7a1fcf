"""Net Promoter Score with its interval, from counts."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt

from regard.science.estimate import Z95, Estimate, Estimates, Floats, floats
from regard.science.nps_intervals import square_and_add, wald

PLAIN = "plain: v = p + d − (p − d)², ±1.96·√(v/n)"
ADJUSTED = "square-and-add Wilson (after Newcombe 1998)"
# From here on the plain formula covers as well as the adjusted one, unless nearly everyone agrees.
ENOUGH = 100
ENOUGH_DISSENT = 10


@overload
def nps(*, promoters: float, passives: float, detractors: float) -> Estimate: ...
@overload
def nps(
    *,
    promoters: npt.NDArray[Any],
    passives: npt.NDArray[Any],
    detractors: npt.NDArray[Any],
) -> Estimates: ...
def nps(*, promoters: npt.ArrayLike, passives: npt.ArrayLike, detractors: npt.ArrayLike) -> Estimate | Estimates:
    """100·(P − D)/N and its 95 % interval, in NPS points (−100 … +100).

    Counts may be scalars (→ `Estimate`) or columns of equal length (→ `Estimates`). Below 100 answers, or
    where all but a handful agree, the interval is Newcombe's square-and-add of Wilson limits; else the plain
    formula. `docs/nps-interval.md` has the coverage of the candidates. `standard_error` is the plain one or,
    with the adjusted interval, half its width / 1.96, because the plain one is 0 when all agree.
    Raises ValueError for negative counts.
    """
    found = _columns(floats(promoters), floats(passives), floats(detractors))
    return found[0] if np.ndim(promoters) == 0 else found


def _columns(promoters: Floats, passives: Floats, detractors: Floats) -> Estimates:
    if (promoters < 0).any() or (passives < 0).any() or (detractors < 0).any():
        raise ValueError("counts of promoters, passives and detractors cannot be negative")
    n = promoters + passives + detractors
    some = np.where(n > 0, n, np.nan)
    value = (promoters - detractors) / some
    low, high = wald(promoters, detractors, some)
    dissent = n - np.maximum(np.maximum(promoters, passives), detractors)
    small = (n > 0) & ((n < ENOUGH) | (dissent < ENOUGH_DISSENT))
    if small.any():
        low[small], high[small] = square_and_add(promoters[small], detractors[small], n[small])
    low, high = np.clip(np.minimum(low, value), -1, 1), np.clip(np.maximum(high, value), -1, 1)
    plain_error = np.sqrt(np.maximum(promoters + detractors - value**2 * some, 0)) / some
    # One rounding, so that the value is the same to the last digit however it is recomputed.
    points = 100 * (promoters - detractors) / some
    return Estimates(
        value=points,
        low=np.minimum(100 * low, points),
        high=np.maximum(100 * high, points),
        n=n.astype(np.int64),
        method=np.where(small, ADJUSTED, PLAIN),
        standard_error=100 * np.where(small, (high - low) / (2 * Z95), plain_error),
    )
