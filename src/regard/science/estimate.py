"""What every statistic returns: a value with the doubt about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Two-sided 95 %. The definitions say 1.96, so that a reader can follow with a pocket calculator.
Z95 = 1.96


@dataclass(frozen=True)
class Estimate:
    """One value with its 95 % interval.

    `value`, `low`, `high` and `standard_error` share one unit (NPS points, percent, scale points).
    With nothing to go on (`n` = 0) all four are NaN; a mean of one answer has a value but NaN bounds.
    `method` names the interval used, in words fit for a page.
    """

    value: float
    low: float
    high: float
    n: int
    method: str
    standard_error: float


@dataclass(frozen=True)
class Estimates:
    """Many estimates as columns of equal length; `estimates[i]` and iteration give rows."""

    value: Floats
    low: Floats
    high: Floats
    n: npt.NDArray[np.int64]
    method: npt.NDArray[np.str_]
    standard_error: Floats

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: int) -> Estimate:
        return Estimate(
            value=float(self.value[index]),
            low=float(self.low[index]),
            high=float(self.high[index]),
            n=int(self.n[index]),
            method=str(self.method[index]),
            standard_error=float(self.standard_error[index]),
        )

    def __iter__(self) -> Iterator[Estimate]:
        return (self[index] for index in range(len(self)))


def floats(value: npt.ArrayLike) -> Floats:
    """The argument as a one-dimensional float array, so that one path serves scalars and columns."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))
