"""What the score card and the delta show. The features fill these from their results."""

from __future__ import annotations

from dataclasses import dataclass

UP, DOWN = "▲", "▼"


@dataclass(frozen=True)
class Delta:
    """A change against the comparison period. `tone` (up, down) is set only when the change means
    something.
    """

    amount: str
    note: str
    arrow: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ScoreCard:
    """A headline figure. Without `figure` the card says `instead` why there is none."""

    name: str
    n: int | None
    figure: str = ""
    unit: str = ""
    margin: str = ""
    shares: tuple[float, float, float] | None = None
    change: Delta | None = None
    formula: str = ""
    href: str = ""
    instead: str = ""
    note: str = ""
    span: int = 4
