"""A share with Wilson's interval (Wilson 1927, JASA 22, 209–212)."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt

from regard.science.estimate import Z95, Estimate, Estimates, Floats, floats

WILSON = "Wilson"


@overload
def proportion(*, successes: float, n: float) -> Estimate: ...
@overload
def proportion(*, successes: npt.NDArray[Any], n: npt.NDArray[Any]) -> Estimates: ...
def proportion(*, successes: npt.ArrayLike, n: npt.ArrayLike) -> Estimate | Estimates:
    """100·successes/n with its 95 % Wilson interval, in percent (0 … 100).

    Scalars give an `Estimate`, columns of equal length `Estimates`. `standard_error` is
    √(share·(1 − share)/n) or, where that is 0 (all or none), half the Wilson width / 1.96, so that a
    comparison stays possible.
    Raises ValueError unless 0 ≤ successes ≤ n.
    """
    found = _columns(floats(successes), floats(n))
    return found[0] if np.ndim(successes) == 0 else found


def _columns(successes: Floats, n: Floats) -> Estimates:
    if (successes < 0).any() or (successes > n).any():
        raise ValueError("successes must lie between 0 and n")
    some = np.where(n > 0, n, np.nan)
    share = successes / some
    middle = (share + Z95**2 / (2 * some)) / (1 + Z95**2 / some)
    margin = Z95 / (1 + Z95**2 / some) * np.sqrt(share * (1 - share) / some + Z95**2 / (4 * some**2))
    low = np.clip(np.minimum(middle - margin, share), 0, 1)
    high = np.clip(np.maximum(middle + margin, share), 0, 1)
    error = np.sqrt(share * (1 - share) / some)
    # One rounding, so that the value is the same to the last digit however it is recomputed.
    value = 100 * successes / some
    return Estimates(
        value=value,
        low=np.minimum(100 * low, value),
        high=np.maximum(100 * high, value),
        n=n.astype(np.int64),
        method=np.full(n.shape, WILSON),
        standard_error=100 * np.where(error > 0, error, (high - low) / (2 * Z95)),
    )
