"""Statistics as pure functions: numpy in, frozen dataclasses out. Usable with nothing else of Regard."""

from regard.science.difference import Difference, Differences, benjamini_hochberg, difference
from regard.science.estimate import Estimate, Estimates
from regard.science.mean import mean
from regard.science.nps import nps
from regard.science.proportion import proportion

__all__ = [
    "Difference",
    "Differences",
    "Estimate",
    "Estimates",
    "benjamini_hochberg",
    "difference",
    "mean",
    "nps",
    "proportion",
]
