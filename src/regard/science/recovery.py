"""What a recovery did to a score: the change of those who had one against the change of those who had none, at the same score before.

Post-stratified difference of means (Cochran 1977, Sampling Techniques, 5A): weighted by how the recovered were spread over the scores before, so that
low scores going up by themselves (regression to the mean) are not taken for an effect.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from regard.science.estimate import Z95, Estimate, floats

METHOD = "stratified by the score before, ±1.96·SE"
#: Fewer than so many in a stratum on either side say nothing of its spread.
LEAST = 2


def recovery(
    *, recovered: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike], others: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]
) -> Estimate | None:  # fmt: skip
    """Each side: columns n, mean change and variance of the change, one row for each score before (the same rows on both).

    In points of the score; None where no score has at least two on both sides.
    """
    (n, mean, variance), (m, base, spread) = (tuple(floats(column) for column in side) for side in (recovered, others))
    told = (n >= LEAST) & (m >= LEAST)
    if not told.any():
        return None
    share = n[told] / n[told].sum()
    value = float((share * (mean[told] - base[told])).sum())
    error = float(np.sqrt((share**2 * (variance[told] / n[told] + spread[told] / m[told])).sum()))
    return Estimate(value, value - Z95 * error, value + Z95 * error, int(n[told].sum()), METHOD, error)
