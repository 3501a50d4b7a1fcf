"""Effects told by customers who are left alone by chance. Who leaves some alone lies above: `site/wiring.py` fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from regard.science.estimate import Estimate


@dataclass(frozen=True)
class HeldOut:
    """What customers answered to whom it happened, less what those answered who were left alone, in points of the score; None while one side
    has not answered at all.
    """

    name: str
    effect: Estimate | None
    run: int
    alone: int


def _none(workspace: int) -> Mapping[int, str]:
    return {}


def _nothing(workspace: int, number: int, metric: str) -> HeldOut | None:
    return None


@dataclass
class HoldOuts:
    #: What leaves some customers alone, by its number: names.
    offered: Callable[[int], Mapping[int, str]] = _none
    #: Of one of them, in one metric; None where there is no such any more.
    measured: Callable[[int, int, str], HeldOut | None] = _nothing


HOLD_OUTS = HoldOuts()
