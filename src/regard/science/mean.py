"""A mean with Student's interval (Student 1908, Biometrika 6, 1–25), from a count and two sums."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from regard.science.estimate import Estimate, Estimates, Floats, floats

T_INTERVAL = "t interval"


@overload
def mean(*, n: float, total: float, total_of_squares: float) -> Estimate: ...
@overload
def mean(*, n: npt.NDArray[Any], total: npt.NDArray[Any], total_of_squares: npt.NDArray[Any]) -> Estimates: ...
def mean(*, n: npt.ArrayLike, total: npt.ArrayLike, total_of_squares: npt.ArrayLike) -> Estimate | Estimates:
    """Mean of n values from Σx and Σx², with its 95 % t interval, in the unit of x.

    Scalars give an `Estimate`, columns of equal length `Estimates`. With n = 1 the bounds and the standard
    error are NaN: one answer says nothing about spread. Raises ValueError for a negative n.
    """
    found = _columns(floats(n), floats(total), floats(total_of_squares))
    return found[0] if np.ndim(n) == 0 else found


def _columns(n: Floats, total: Floats, total_of_squares: Floats) -> Estimates:
    if (n < 0).any():
        raise ValueError("n cannot be negative")
    some = np.where(n > 0, n, np.nan)
    many = np.where(n > 1, n, np.nan)
    value = total / some
    variance = np.maximum(total_of_squares - total * value, 0.0) / (many - 1)
    error = np.sqrt(variance / many)
    margin = stdtrit(many - 1, 0.975) * error
    return Estimates(
        value=value,
        low=value - margin,
        high=value + margin,
        n=n.astype(np.int64),
        method=np.full(n.shape, T_INTERVAL),
        standard_error=error,
    )
