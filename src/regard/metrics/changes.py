"""What changed on a day, said by whoever knows: marks on charts over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Mark:
    day: date
    text: str


#: Asked for a workspace, a metric, and the touchpoints that an answer to it would be about (none: any).
Tell = Callable[[int, str, Sequence[str]], Sequence[Mark]]


def _none(workspace: int, metric: str, touchpoints: Sequence[str]) -> Sequence[Mark]:
    return ()


@dataclass
class Changes:
    told: Tell = _none


CHANGES = Changes()
