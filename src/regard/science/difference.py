"""Is one estimate different from another? And which of many differences mean anything?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt
from scipy.special import erfc

from regard.science.estimate import Z95, Estimate, Estimates, Floats

NORMAL = "normal interval"


@dataclass(frozen=True)
class Difference:
    """a − b of two independent estimates: `value` in their unit, `z`, two-sided `p`, `significant` at 5 %."""

    value: float
    z: float
    p: float
    significant: bool


@dataclass(frozen=True)
class Differences:
    """The same for columns."""

    value: Floats
    z: Floats
    p: Floats
    significant: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: int) -> Difference:
        return Difference(
            value=float(self.value[index]),
            z=float(self.z[index]),
            p=float(self.p[index]),
            significant=bool(self.significant[index]),
        )


@overload
def difference(a: Estimate, b: Estimate) -> Difference: ...
@overload
def difference(a: Estimates, b: Estimates) -> Differences: ...
def difference(a: Estimate | Estimates, b: Estimate | Estimates) -> Difference | Differences:
    """z = (a − b)/√(SE_a² + SE_b²) and its two-sided p from the normal distribution.

    Where either side has no standard error (nothing, or one answer), z and p are NaN and nothing is
    significant. Two equal values without any spread differ by z = 0. Alone, p < .05 is significant; for the
    rows of a table pass `p` on to `benjamini_hochberg`.
    """
    value = np.atleast_1d(np.asarray(a.value, dtype=np.float64) - np.asarray(b.value, dtype=np.float64))
    error = np.atleast_1d(np.hypot(a.standard_error, b.standard_error))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((value == 0) & (error == 0), 0.0, value / error)
    p = erfc(np.abs(z) / np.sqrt(2))
    found = Differences(value=value, z=z, p=p, significant=p < 0.05)
    return found[0] if isinstance(a, Estimate) else found


def gap(a: Estimate, b: Estimate) -> Estimate:
    """a − b of two independent estimates with its 95 % interval, ± 1.96·√(SE_a² + SE_b²), in their unit; `n` counts both sides.

    NaN bounds where either side has no standard error.
    """
    value, error = a.value - b.value, float(np.hypot(a.standard_error, b.standard_error))
    return Estimate(value=value, low=value - Z95 * error, high=value + Z95 * error, n=a.n + b.n, method=NORMAL, standard_error=error)


def benjamini_hochberg(p_values: npt.ArrayLike, *, level: float = 0.05) -> npt.NDArray[np.bool_]:
    """Which hypotheses to reject so that the false discovery rate stays below `level`.

    Benjamini & Hochberg (1995), JRSS B 57, 289–300: the largest k with p₍ₖ₎ ≤ k·level/m rejects the k
    smallest. NaN (a comparison that could not be made) is never rejected and does not count towards m.
    Same shape as given.
    """
    p = np.asarray(p_values, dtype=np.float64)
    usable = np.sort(p[~np.isnan(p)])
    passing = usable <= level * np.arange(1, usable.size + 1) / max(usable.size, 1)
    if not passing.any():
        return np.zeros(p.shape, dtype=np.bool_)
    threshold = usable[np.flatnonzero(passing)[-1]]
    return np.asarray(p <= threshold, dtype=np.bool_)
