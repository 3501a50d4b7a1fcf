"""Candidate 95 % intervals for the Net Promoter Score.

Rocks (2016), "Interval estimation for the Net Promoter Score", The American Statistician 70(4), compares
adjusted Wald and score forms. NPS/100 = p − d of a trinomial sample is the same statistic as a difference of
paired proportions seen through its discordant pairs, so the score interval of Tango (1998, Statistics in
Medicine 17, 891–908) applies as it stands, and the square-and-add idea of Newcombe (1998, Statistics in
Medicine 17, 2635–2650) with the correlation of two shares of one sample, −√(pd/((1 − p)(1 − d))).

Every function takes promoters, detractors and n (columns) and returns low and high in −1 … +1.
`bench/nps_interval_coverage.py` enumerates their coverage; `docs/nps-interval.md` is its result.
"""

from __future__ import annotations

import numpy as np

from regard.science.estimate import Z95, Floats

Bounds = tuple[Floats, Floats]


def wald(promoters: Floats, detractors: Floats, n: Floats) -> Bounds:
    """p − d ± 1.96·√((p + d − (p − d)²)/n): the plain formula. It has no width when all agree."""
    return adjusted_wald(promoters, detractors, n, add=0.0, add_passives=0.0)


def adjusted_wald(promoters: Floats, detractors: Floats, n: Floats, *, add: float, add_passives: float) -> Bounds:
    """The plain formula after adding `add` promoters and detractors, and `add_passives` passives."""
    larger = n + 2 * add + add_passives
    p, d = (promoters + add) / larger, (detractors + add) / larger
    middle = p - d
    margin = Z95 * np.sqrt(np.maximum(p + d - middle**2, 0.0) / larger)
    return middle - margin, middle + margin


def square_and_add(promoters: Floats, detractors: Floats, n: Floats) -> Bounds:
    """Newcombe's square-and-add: Wilson limits of p and of d, joined with the correlation of the two.

    Where nobody is passive (or all answers are one group) p and d mirror each other: correlation −1. Taking 0
    in the corners, as is usual for paired proportions, lowers the floor at n = 10 from 91 to 86 %.
    """
    p, d = promoters / n, detractors / n
    p_low, p_high = _wilson(p, n)
    d_low, d_high = _wilson(d, n)
    room = (1 - p) * (1 - d)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = np.where(room > 0, -np.sqrt(p * d / room), -1.0)
    below = (p - p_low) ** 2 - 2 * correlation * (p - p_low) * (d_high - d) + (d_high - d) ** 2
    above = (p_high - p) ** 2 - 2 * correlation * (p_high - p) * (d - d_low) + (d - d_low) ** 2
    return p - d - np.sqrt(np.maximum(below, 0)), p - d + np.sqrt(np.maximum(above, 0))


def score(promoters: Floats, detractors: Floats, n: Floats) -> Bounds:
    """Tango's score interval: every difference that a score test at 5 % would not reject."""
    estimate = (promoters - detractors) / n
    low = _crossing(promoters, detractors, n, inside=estimate, outside=np.full_like(estimate, -1.0))
    high = _crossing(promoters, detractors, n, inside=estimate, outside=np.full_like(estimate, 1.0))
    return low, high


def _crossing(promoters: Floats, detractors: Floats, n: Floats, *, inside: Floats, outside: Floats) -> Floats:
    """Where |z| of the score test passes 1.96 between the estimate and the end of the range, by bisection."""
    inside, outside = inside.copy(), outside.copy()
    for _ in range(40):  # 2⁻⁴⁰ of the range: far below what a page shows
        middle = (inside + outside) / 2
        kept = _score_z(promoters, detractors, n, middle) <= Z95
        inside = np.where(kept, middle, inside)
        outside = np.where(kept, outside, middle)
    return (inside + outside) / 2


def _score_z(promoters: Floats, detractors: Floats, n: Floats, difference: Floats) -> Floats:
    """|z| for the hypothesis p − d = difference, with d at its constrained maximum likelihood."""
    b = -promoters - detractors + (2 * n - promoters + detractors) * difference
    c = -detractors * difference * (1 - difference)
    d = (np.sqrt(np.maximum(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * np.maximum(2 * d + difference * (1 - difference), 1e-15)
    return np.abs(promoters - detractors - n * difference) / np.sqrt(variance)


def _wilson(share: Floats, n: Floats) -> Bounds:
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    margin = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return middle - margin, middle + margin
