"""What the pages about duplicates show, from what the queries found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.customers.duplicates.accept_all import Plan, plan
from regard.customers.duplicates.fields import Field
from regard.customers.duplicates.find import installed
from regard.customers.duplicates.guessing import guess, useful
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings
from regard.customers.duplicates.queries import (
    BANDS,
    Pair,
    Wanted,
    compared,
    count_waiting,
    distribution,
    going_on,
    last_search,
    latest,
    pairs,
    waiting,
)
from regard.warehouse.scope import Scope
from regard.web import numbers
from regard.web.charts import Chart, Point, bars

PER_PAGE = 10
_SURE = {"99": (0.99, 1.0), "90": (0.9, 0.99), "0": (0.0, 0.9)}


@dataclass(frozen=True)
class DuplicatesPage:
    pairs: list[Pair]
    total: int | None  # None where counting would mean looking at everybody
    number: int
    more: bool
    sure: str
    differs: int | None
    filtered: bool
    fields: list[Field]
    run: DuplicateRun | None  # going on
    last: DuplicateRun | None  # whatever was done last
    search: DuplicateRun | None  # whose proposals these are
    whole: bool  # the reader may see everybody, and so start searches
    useful: int  # fields that the next search would compare
    installed: bool


def duplicates_page(scope: Scope, given: Mapping[str, str]) -> DuplicatesPage:
    number = _number(given.get("page", ""), 1, 10_000) or 1
    fields = compared(scope.workspace)
    sure = given.get("sure", "") if given.get("sure", "") in _SURE else ""
    differs = _number(given.get("differs", ""), 0, len(fields) - 1)
    least, most = _SURE.get(sure, (0.0, 1.0))
    wanted = Wanted(least, most, differs)
    found = waiting(scope, wanted, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    whole, search = scope.units is None, last_search(scope.workspace)
    filtered = bool(sure) or differs is not None
    next_fields = DuplicateSettings.of(scope.workspace).chosen or (
        useful(guess(scope.workspace)) if whole and not found else fields
    )
    return DuplicatesPage(
        pairs(scope, found[:PER_PAGE]), count_waiting(scope.workspace, wanted) if whole else None, number, len(found) > PER_PAGE, sure, differs,
        filtered, fields, going_on(scope.workspace), latest(scope.workspace), search, whole, len(next_fields), installed(),
    )  # fmt: skip


@dataclass(frozen=True)
class AcceptancePage:
    threshold: float
    plan: Plan
    chart: Chart
    going: bool

    @property
    def percent(self) -> str:
        return f"{100 * self.threshold:g}"


def acceptance_page(scope: Scope, threshold: float) -> AcceptancePage:
    counts = distribution(scope.workspace)
    edges = [0.0, *BANDS, 1.0]
    points = [
        Point(
            label=_band(low, high),
            value=float(n),
            tone="" if low >= threshold else "mid",
            text=f"{_band(low, high)}: {numbers.count(n)}",
        )
        for low, high, n in zip(edges, edges[1:], counts, strict=False)
    ]
    chart = bars(points, label=_("Pairs that wait, by probability"), number=lambda n: numbers.count(n), wide=720)
    return AcceptancePage(threshold, plan(scope.workspace, threshold), chart, going_on(scope.workspace) is not None)


def _band(low: float, high: float) -> str:
    if high == 1.0:
        return f"≥ {100 * low:g} %"
    return f"< {100 * high:g} %" if low == 0.0 else f"{100 * low:g}–{100 * high:g} %"


def _number(text: str, least: int, most: int) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 and least <= int(text) <= most else None
