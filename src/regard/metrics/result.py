from __future__ import annotations

import math
from dataclasses import dataclass

from regard.metrics.period import Period
from regard.metrics.query import Query
from regard.science import Estimate

#: Below this many answers the page says "too few answers to compare".
ENOUGH = 30


@dataclass(frozen=True)
class Change:
    """A difference and whether it means anything. `significant` is None when there is too little to compare."""

    value: float
    p: float | None
    significant: bool | None
    good: bool | None  # None: no direction worth a colour

    @property
    def up(self) -> bool:
        return self.value > 0


@dataclass(frozen=True)
class Share:
    """One part of a headline: "54 % promoters"."""

    name: str
    title: str
    percent: float
    count: int


@dataclass(frozen=True)
class Row:
    """One line: a group, its number with the doubt about it, and how it compares."""

    key: object
    label: str
    estimate: Estimate
    before: Estimate | None = None
    change: Change | None = None  # against the period compared with
    against_rest: Change | None = None  # against all the other rows together
    split: tuple[Share, ...] = ()

    @property
    def n(self) -> int:
        return self.estimate.n

    @property
    def value(self) -> float | None:
        return _number(self.estimate.value)

    @property
    def low(self) -> float | None:
        return _number(self.estimate.low)

    @property
    def high(self) -> float | None:
        return _number(self.estimate.high)

    @property
    def margin(self) -> float | None:
        """Half the interval: what follows ± on a page."""
        return (self.high - self.low) / 2 if self.low is not None and self.high is not None else None

    @property
    def too_few(self) -> bool:
        return self.n < ENOUGH


@dataclass(frozen=True)
class Result:
    query: Query
    rows: tuple[Row, ...]
    total: Row
    unit: str  # points, percent, of 7, scale, 0–100, seconds, count
    more: bool = False  # there are more groups than are listed
    withheld: int = 0  # answers of anonymous programmes that are too few to be shown

    @property
    def formula(self) -> str:
        return self.query.measure.formula

    @property
    def compared(self) -> Period | None:
        return self.query.compared


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
