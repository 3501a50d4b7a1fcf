"""The library of deadlines that regulators set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Regime:
    """Lengths as `8 weeks`; "" where there is no such deadline."""

    key: str
    name: str
    country: str
    acknowledge: str
    answer: str
    source: str
    checked: date
    update: str = ""
    extended: str = ""
    authority: str = ""
    website: str = ""
    refer_months: int | None = None


@cache
def regimes() -> dict[str, Regime]:
    rows = yaml.safe_load((files(__package__) / "regimes.yaml").read_text(encoding="utf-8"))
    return {row["key"]: Regime(**row) for row in rows}
