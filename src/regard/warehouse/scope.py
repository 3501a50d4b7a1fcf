from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The rows a reader may see: one workspace, and either all units (None) or just these."""

    workspace: int
    units: tuple[int, ...] | None = None
    #: Whoever reads need not know who somebody is: names, addresses and numbers are shown in part.
    masked: bool = False

    def sees(self, unit: int) -> bool:
        return self.units is None or unit in self.units
