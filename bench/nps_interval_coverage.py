"""Which interval for NPS? Exact coverage by enumerating every possible sample.

    python bench/nps_interval_coverage.py            prints the table
    python bench/nps_interval_coverage.py --write    writes it into docs/nps-interval.md

For each n, every sample (promoters, passives, detractors) is weighed with its multinomial probability at
every point (p, d) of a grid. No random numbers: the figures are exact for the grid. Takes a few seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import gammaln, xlogy

from regard.science import nps
from regard.science.estimate import Floats
from regard.science.nps_intervals import Bounds, adjusted_wald, score, square_and_add, wald

SIZES = (10, 20, 30, 50, 100)
STEP = 0.05
Candidate = Callable[[Floats, Floats, Floats], Bounds]


def product(promoters: Floats, detractors: Floats, n: Floats) -> Bounds:
    """What Regard shows: `regard.science.nps` with its rule for when to use which."""
    found = nps(promoters=promoters, passives=n - promoters - detractors, detractors=detractors)
    return found.low / 100, found.high / 100


CANDIDATES: dict[str, Candidate] = {
    "Wald (plain)": wald,
    "adjusted Wald ¾, 1½, ¾": partial(adjusted_wald, add=0.75, add_passives=1.5),
    "adjusted Wald ½, 1, ½ (Agresti–Min)": partial(adjusted_wald, add=0.5, add_passives=1.0),
    "adjusted Wald 1, 0, 1 (Bonett–Price)": partial(adjusted_wald, add=1.0, add_passives=0.0),
    "adjusted Wald 1, 1, 1": partial(adjusted_wald, add=1.0, add_passives=1.0),
    "adjusted Wald 1, 2, 1 (Agresti–Coull)": partial(adjusted_wald, add=1.0, add_passives=2.0),
    "adjusted Wald 1½, 0, 1½": partial(adjusted_wald, add=1.5, add_passives=0.0),
    "square-and-add Wilson (Newcombe)": square_and_add,
    "score (Tango)": score,
    "Regard (square-and-add or plain, by its rule)": product,
}


def grid(step: float = STEP) -> tuple[Floats, Floats]:
    """Points (p, d) of the simplex, `step` apart, with its edges but not its corners (certain samples)."""
    ticks = np.round(np.arange(0, 1 + step / 2, step), 10)
    p, d = (axis.ravel() for axis in np.meshgrid(ticks, ticks))
    inside = (p + d <= 1 + 1e-9) & (np.maximum(np.maximum(p, d), 1 - p - d) < 1 - 1e-9)
    return p[inside], d[inside]


def coverage(candidate: Candidate, n: int, p: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Coverage and expected width (NPS points) at each point of the grid."""
    counts = np.arange(n + 1, dtype=np.float64)
    promoters, detractors = (axis.ravel() for axis in np.meshgrid(counts, counts))
    possible = promoters + detractors <= n
    promoters, detractors = promoters[possible], detractors[possible]
    passives = n - promoters - detractors
    size = np.full_like(promoters, n)
    low, high = candidate(promoters, detractors, size)
    estimate = (promoters - detractors) / n
    low, high = np.clip(np.minimum(low, estimate), -1, 1), np.clip(np.maximum(high, estimate), -1, 1)
    ways = gammaln(n + 1) - gammaln(promoters + 1) - gammaln(passives + 1) - gammaln(detractors + 1)
    covered, width = np.empty_like(p), np.empty_like(p)
    for index, (share_p, share_d) in enumerate(zip(p, d, strict=True)):
        rest = max(1 - share_p - share_d, 0.0)
        rest = 0.0 if rest < 1e-9 else rest
        weight = np.exp(ways + xlogy(promoters, share_p) + xlogy(detractors, share_d) + xlogy(passives, rest))
        truth = share_p - share_d
        covered[index] = weight[(low - 1e-9 <= truth) & (truth <= high + 1e-9)].sum()
        width[index] = (weight * (high - low)).sum() * 100
    return covered, width


def table() -> str:
    p, d = grid()
    lines = ["| Interval | " + " | ".join(f"n = {n}" for n in SIZES) + " |", "|---" * (len(SIZES) + 1) + "|"]
    for name, candidate in CANDIDATES.items():
        cells = []
        for n in SIZES:
            covered, width = coverage(candidate, n, p, d)
            cells.append(f"{covered.mean() * 100:.1f} / {covered.min() * 100:.1f} / {width.mean():.0f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    found = table()
    print(found)
    if "--write" in sys.argv:
        page = Path(__file__).parent.parent / "docs" / "nps-interval.md"
        before, _, rest = page.read_text(encoding="utf-8").partition("<!-- table -->\n")
        _, _, after = rest.partition("<!-- end of table -->")
        page.write_text(f"{before}<!-- table -->\n{found}\n<!-- end of table -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
