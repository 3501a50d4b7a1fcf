"""What is true in this result, as a sentence: only differences beyond chance are named."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.metrics import shown
from regard.metrics.result import Result, Row
from regard.web import numbers


def title(result: Result) -> str:
    total, unit, measure = result.total, result.unit, result.query.measure
    if total.value is None or not total.n:
        return _("Nothing to count here yet")
    said = {"metric": measure.title, "value": shown.full(unit)(total.value)}
    by = result.query.by
    if by is None or unit == "count":
        return _("%(metric)s: %(value)s") % said
    if by.dimension.is_time:
        return _moved(total, result) or _("%(metric)s stands at %(value)s") % said
    apart = [row for row in result.rows if row.against_rest and row.against_rest.significant]
    if not apart:
        return _("No %(by)s differs from the rest beyond chance") % {"by": by.title}
    worst = min(
        (row for row in apart if row.against_rest and not row.against_rest.good),
        key=lambda row: _badness(row, result),
        default=None,
    )
    if worst and len(result.rows) == 2:
        other = next(row for row in result.rows if row is not worst)
        return _("%(label)s is below %(other)s") % {"label": _capital(worst.label), "other": other.label}
    many = ngettext("%(n)s of %(all)s differs from the rest", "%(n)s of %(all)s differ from the rest", len(apart))
    first = many % {"n": numbers.count(len(apart)), "all": numbers.count(len(result.rows))}
    return (
        _("%(first)s; %(label)s is lowest") % {"first": first, "label": worst.label}
        if worst and measure_up(result)
        else first
    )


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def measure_up(result: Result) -> bool:
    return result.query.measure.up_is_good


def _badness(row: Row, result: Result) -> float:
    value = row.value or 0.0
    return value if measure_up(result) else -value


def _moved(total: Row, result: Result) -> str:
    change = total.change
    if change is None or not change.significant:
        return ""
    said = {
        "metric": result.query.measure.title,
        "amount": shown.amount(change.value, result.unit),
        "value": shown.full(result.unit)(total.value or 0.0),
    }
    return (
        _("%(metric)s rose by %(amount)s to %(value)s")
        if change.up
        else _("%(metric)s fell by %(amount)s to %(value)s")
    ) % said
