"""A Result in the parts of a page: figures with their unit, cards, deltas and charts, in the reader's
language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regard.metrics.changes import Mark
from regard.metrics.query import Query
from regard.metrics.result import Change, Result, Row
from regard.web import numbers
from regard.web.charts import Chart, Point, bars, dots, trend
from regard.web.components.score import DOWN, UP, Delta, ScoreCard

#: How far a change of the unit is written: whole points look steadier than they are.
_DIGITS = {"points": 0, "percent": 0, "of 7": 1, "seconds": 0, "count": 0}
_BOUNDS = {
    "points": (-100.0, 100.0),
    "percent": (0.0, 100.0),
    "of 7": (1.0, 7.0),
    "count": (0.0, 1e18),
    "seconds": (0.0, 1e18),
}


def figure(value: float, unit: str) -> str:
    """`+34`, `81`, `5.6`, `6 min 20 s`: without the unit that stands beside it."""
    if unit == "seconds":
        return numbers.duration(max(value, 0.0))
    digits = _DIGITS.get(unit, 1)
    return numbers.signed(value, digits) if unit == "points" else numbers.decimal(value, digits)


def full(unit: str) -> Callable[[float], str]:
    """Writes a figure with its unit: `+34`, `81 %`, `5.6`."""

    def write(value: float) -> str:
        text = figure(value, unit)
        return f"{text}\u00a0%" if unit == "percent" else text

    return write


def ending(unit: str) -> str:
    """What stands small behind the figure."""
    if unit == "percent":
        return "%"
    if unit in ("points", "count", "seconds"):
        return ""
    top = unit.replace("of ", "").rpartition("–")[2]
    return f"/{top}"


def margin(row: Row, unit: str) -> str:
    if row.margin is None:
        return ""
    if unit == "seconds":
        return f"±{numbers.duration(row.margin)}"
    return f"±{numbers.decimal(row.margin, 1)}"


def interval(row: Row, unit: str) -> str:
    if row.low is None or row.high is None:
        return "–"
    write = full(unit)
    return _("%(low)s to %(high)s") % {"low": write(row.low), "high": write(row.high)}


def amount(value: float, unit: str) -> str:
    """The size of a change, without its sign."""
    if unit == "seconds":
        return numbers.duration(abs(value))
    text = numbers.decimal(abs(value), 0 if unit == "count" else 1)
    return _("%(n)s\u00a0pts") % {"n": text} if unit == "percent" else text


def delta(change: Change | None, unit: str, *, against: str = "") -> Delta | None:
    """The arrow is coloured only when the change means something; else the line says why it has none."""
    if change is None:
        return None
    against = against or _("vs previous")
    size = amount(change.value, unit)
    if unit == "count":
        return Delta(size, against, UP if change.value > 0 else DOWN if change.value < 0 else "")
    if change.significant is None:
        return Delta("", _("too few answers to compare"))
    shown = round(change.value, 1)
    sign = "+" if shown > 0 else numbers.MINUS if shown < 0 else "±"
    if not change.significant:
        return Delta(f"{sign}{size}", _("%(against)s · within noise") % {"against": against})
    p = _("p < 0.01") if (change.p or 1) < 0.01 else _("p < 0.05")
    note = _("%(against)s · significant (%(p)s)") % {"against": against, "p": p}
    return Delta(size, note, UP if change.up else DOWN, "up" if change.good else "down")


def card(result: Result, *, href: str = "", note: str = "", span: int = 3) -> ScoreCard:
    row, measure = result.total, result.query.measure
    name = str(measure.title)
    if row.value is None or row.n == 0:
        counted = result.unit == "count"
        instead = _("None in this period") if counted else _("No answers in this period")
        return ScoreCard(name, None if counted else row.n, instead=instead, href=href, span=span)
    shares = tuple(share.percent / 100 for share in row.split)
    split = (shares[0], shares[1], shares[2]) if len(shares) == 3 else None
    return ScoreCard(
        name=name,
        n=None if result.unit == "count" else row.n,
        figure=figure(row.value, result.unit),
        unit=ending(result.unit),
        margin=margin(row, result.unit),
        shares=split,
        change=delta(row.change, result.unit),
        formula=measure.formula,
        href=href,
        note=note,
        span=span,
    )


def when(key: object, grain: str) -> tuple[str, str]:
    """How a period is named in a table, and on an axis (where equal neighbours are written once)."""
    if not isinstance(key, date):
        return str(key), str(key)
    if grain == "quarter":
        name = _("Q%(n)s %(year)s") % {"n": (key.month + 2) // 3, "year": key.year}
        return name, name
    if grain == "month":
        return str(date_format(key, "F Y")), str(date_format(key, "M y" if key.month == 1 else "M"))
    label = date_format(key, "j M Y")
    return (_("week of %(day)s") % {"day": label} if grain == "week" else str(label)), str(date_format(key, "M"))


def _placed(result: Result, changes: Sequence[Mark]) -> list[tuple[float, str]]:
    """Where on the line each change lies: between the period it fell into and the next."""
    days = [row.key for row in result.rows if isinstance(row.key, date)]
    found = []
    for one in changes:
        before = [place for place, day in enumerate(days) if day <= one.day]
        if before and before[-1] + 1 < len(days):
            place = before[-1]
            whole = (days[place + 1] - days[place]).days or 1
            found.append((place + (one.day - days[place]).days / whole, one.text))
    return found


def chart(result: Result, *, wide: int = 1010, height: int = 260, changes: Sequence[Mark] = ()) -> Chart | None:
    """The chart that fits the question: a line over time, dots with intervals by group, bars for what is
    counted. None where there is nothing to see: no groups, or a line of one point.
    """
    by = result.query.by
    if by is None or not result.rows:
        return None
    write = full(result.unit)
    if by.dimension.is_time:
        points = [_moment(row, by.dimension.name, result.unit) for row in result.rows]
        label = _("%(metric)s by %(grain)s") % {"metric": result.query.measure.title, "grain": by.title}
        if result.unit == "count":
            return bars(points, label=label, number=write, wide=wide)
        if sum(1 for point in points if point.value is not None) < 2:
            return None
        return trend(points, label=label, number=write, within=_BOUNDS.get(result.unit), wide=wide, height=height,
                     notes=_placed(result, changes))  # fmt: skip
    rows = [row for row in result.rows if row.value is not None and (result.unit == "count" or not row.too_few)][:24]
    if not rows:
        return None
    label = _("%(metric)s by %(by)s with 95 %% intervals") % {
        "metric": result.query.measure.title,
        "by": by.title,
    }
    if result.unit == "count":
        return bars([_group(row, result.unit) for row in rows], label=label, number=write, rows=True)
    total = result.total.value
    rows.sort(key=lambda row: -(row.value or 0.0))
    every = _("all: %(figure)s") % {"figure": write(total)} if total is not None else ""
    return dots(
        [_group(row, result.unit) for row in rows],
        label=label,
        number=write,
        reference=total,
        reference_label=every,
    )


def _moment(row: Row, grain: str, unit: str) -> Point:
    label, tick = when(row.key, grain)
    return Point(label, row.value, row.low, row.high, text=_tip(label, row, unit), tick=tick, n=row.n)


def _group(row: Row, unit: str) -> Point:
    tone = "" if unit == "count" else "mid"
    if row.against_rest and row.against_rest.significant:
        tone = "good" if row.against_rest.good else "bad"
    return Point(row.label, row.value, row.low, row.high, text=_tip(row.label, row, unit), tone=tone, n=row.n)


def _tip(label: str, row: Row, unit: str) -> str:
    if row.value is None:
        return label
    if unit == "count":
        return f"{label}: {numbers.count(row.n)}"
    said = {
        "label": label,
        "value": full(unit)(row.value),
        "interval": interval(row, unit),
        "n": numbers.count(row.n),
    }
    return _("%(label)s: %(value)s (%(interval)s), n = %(n)s") % said


def asked_again(query: Query, address: str, **changes: str) -> str:
    """The address of a page that asks this query, with some parameters changed."""
    from urllib.parse import urlencode

    from regard.metrics.query import parameters

    asked = {**parameters(query), **changes}
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value}, doseq=True)}"
