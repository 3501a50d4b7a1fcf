"""A measurement as its page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.governance.initiatives.models import Initiative, Measurement
from regard.science.rollout import NO_ANSWERS, NO_BEFORE, NO_OTHERS
from regard.web import numbers
from regard.web.charts.chart import Chart, Point
from regard.web.charts.trend import trend


@dataclass(frozen=True)
class Check:
    good: bool
    text: str


@dataclass(frozen=True)
class Shown:
    """`told`: whether there is an effect to speak of; `sentence` says what came of it."""

    told: bool
    sentence: str
    value: str
    interval: str
    n: int
    money: str
    method: str
    checks: tuple[Check, ...]
    chart: Chart | None
    at: Any


_WHY = {
    NO_ANSWERS: lambda: _("There are no answers yet since it came."),
    NO_BEFORE: lambda: _("There are no answers from the time before it came: give an earlier start to measuring next time."),
    NO_OTHERS: lambda: _("Every unit has had it since the same time: nobody is left to compare with. Let one unit wait, next time."),
}  # fmt: skip


#: Fewer answers on one side say too little of those who were left alone.
_ENOUGH = 30


def best(initiative: Initiative, measured: Measurement) -> Shown | None:
    """Chance compares better than units do, once it can tell."""
    held, rolled = shown_held_out(initiative, measured), shown(initiative, measured)
    return held if held is not None and (held.told or rolled is None) else rolled


def shown_held_out(initiative: Initiative, measured: Measurement) -> Shown | None:
    """Against customers who were left alone by chance; None where nothing leaves any alone."""
    if "held_out" not in measured.result:
        return None
    result = measured.result["held_out"]
    if result is None:
        return Shown(False, _("It cannot be told: the playbook is gone."), "", "", 0, "", "", (), None, measured.at)
    effect = result["effect"]
    method = _("Customers left alone by chance by “%(name)s”: their first answer within %(days)s days, %(run)s against %(alone)s left alone") % {
        "name": result["name"], "days": result.get("days", 60), "run": numbers.count(result["run"]), "alone": numbers.count(result["alone"])
    }  # fmt: skip
    if effect is None or "low" not in effect or min(result["run"], result["alone"]) < _ENOUGH:
        why = _("It cannot be told yet: on each side at least %(n)s customers have to have answered.") % {"n": _ENOUGH}
        return Shown(False, why, "", "", 0, "", method, (), None, measured.at)
    return _told(initiative, effect, trusted=True, method=method, checks=_expected(initiative, effect), chart=None, at=measured.at)


def _digits(initiative: Initiative) -> int:
    return 0 if initiative.metric in ("nps", "csat") else 2


def shown(initiative: Initiative, measured: Measurement) -> Shown | None:
    """By the units that have it; None where none has."""
    result = measured.result
    if "effect" not in result:
        return None
    effect, digits = result["effect"], _digits(initiative)
    if effect is None or "low" not in effect:
        why = _WHY.get(result["why"], lambda: _("There are too few answers."))()
        return Shown(False, why, "", "", 0, "", _method(result), (), None, measured.at)
    return _told(
        initiative, effect, trusted=result["trusted"], method=_method(result), checks=_checks(initiative, result, digits),
        chart=_chart(result, digits), at=measured.at,
    )  # fmt: skip


def _told(
    initiative: Initiative, effect: dict[str, float], *, trusted: bool, method: str, checks: tuple[Check, ...], chart: Chart | None, at: datetime
) -> Shown:
    digits, unit = _digits(initiative), {"nps": _("points"), "csat": "%"}.get(initiative.metric, _("scale points"))
    low, high = (numbers.signed(effect[name], digits) for name in ("low", "high"))
    sure = effect["low"] > 0 or effect["high"] < 0
    if not trusted:
        sentence = _("It cannot be told: the units were drifting apart before it came.")
    elif not sure:
        sentence = _("It cannot be told yet: it may have done something or nothing.")
    else:
        sentence = _("It worked.") if effect["value"] > 0 else _("It did harm.")
    return Shown(
        told=sure and trusted, sentence=sentence, value=f"{numbers.signed(effect['value'], digits)} {unit}",
        interval=_("%(low)s to %(high)s") % {"low": low, "high": high}, n=int(effect["n"]), money=_money(initiative, effect), method=method,
        checks=checks, chart=chart, at=at,
    )  # fmt: skip


def _method(result: dict[str, Any]) -> str:
    how = _("Staggered roll-out by unit") if result["method"] == "staggered" else _("Difference in differences")
    names = result["compared"]
    against = _("compared with %(names)s") % {"names": ", ".join(names[:4]) + ("…" if len(names) > 4 else "")} if names else ""
    step = _("week by week") if result["step"] == "week" else _("month by month")
    return ", ".join(filter(None, (how, against, step)))


def _money(initiative: Initiative, effect: dict[str, float]) -> str:
    if initiative.worth is None:
        return ""
    currency = initiative.workspace.currency
    value, low, high = (numbers.money(float(initiative.worth) * effect[name], currency) for name in ("value", "low", "high"))
    said = _("%(value)s in a year (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}
    if initiative.cost:
        left = Decimal(str(effect["value"])) * initiative.worth - initiative.cost
        said += " · " + _("%(money)s after its cost in the first") % {"money": numbers.money(float(left), currency)}
    return said


def _checks(initiative: Initiative, result: dict[str, Any], digits: int) -> tuple[Check, ...]:
    found = []
    if result["placebo"] is None or "low" not in result["placebo"]:
        found.append(Check(False, _("There is too little time before it came to see whether the units ran alike.")))
    else:
        one = result["placebo"]
        said = _("As if it had come three periods earlier: %(value)s (%(low)s to %(high)s)") % {
            name: numbers.signed(one[name], digits) for name in ("value", "low", "high")
        }
        more = _(": nothing to see, as it should be.") if result["trusted"] else _(": something was going on before.")
        found.append(Check(result["trusted"], said + more))
    if result["without"]:
        values = [value for _name, value in result["without"]]
        same = min(values) > 0 or max(values) < 0
        text = _("Leaving out one unit at a time it is %(low)s to %(high)s.") % {
            "low": numbers.signed(min(values), digits), "high": numbers.signed(max(values), digits)
        }  # fmt: skip
        found.append(Check(same, text))
    return (*found, *_expected(initiative, result["effect"]))


def _expected(initiative: Initiative, effect: dict[str, float] | None) -> tuple[Check, ...]:
    if initiative.expected is None or not effect:
        return ()
    hit = effect["low"] <= initiative.expected <= effect["high"]
    told = _("%(value)s was expected: %(how)s.") % {
        "value": numbers.signed(initiative.expected, _digits(initiative)), "how": _("within the interval") if hit else _("outside the interval")
    }  # fmt: skip
    return (Check(hit, told),)


def _chart(result: dict[str, Any], digits: int) -> Chart | None:
    """The gap to what would have been, before it came and after."""
    path = [(period, one) for period, one in result["path"] if one and "low" in one and -12 <= period <= 12]
    if len(path) < 3:
        return None
    points = [
        Point(
            label=_since(period, result["step"]), tick=str(period) if period < 0 else f"+{period}", value=one["value"], low=one["low"],
            high=one["high"], n=int(one["n"]),
        )
        for period, one in path
    ]  # fmt: skip
    label = _("What was answered against what would have been, by the time since it came")
    return trend(points, label=label, number=lambda value: numbers.signed(value, digits), wide=680)


def _since(period: int, step: str) -> str:
    number = abs(period) if period < 0 else period + 1
    counted = ngettext("%(n)s week", "%(n)s weeks", number) if step == "week" else ngettext("%(n)s month", "%(n)s months", number)
    return (_("%(time)s before") if period < 0 else _("%(time)s since")) % {"time": counted % {"n": number}}
