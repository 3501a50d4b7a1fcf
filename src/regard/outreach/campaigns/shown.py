"""What difference a campaign made, as its page tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _

from regard.outreach.campaigns.models import Aim, Campaign
from regard.outreach.campaigns.queries import Effect
from regard.web import numbers


@dataclass(frozen=True)
class Side:
    """One message, or those kept out (`letter` "")."""

    letter: str
    value: str
    interval: str
    n: int


@dataclass(frozen=True)
class Line:
    """One against another; `tone`: good or bad where more than chance explains it, else "". `together`: of money, for all who were drawn."""

    one: str
    other: str
    value: str
    interval: str
    tone: str
    together: str


@dataclass(frozen=True)
class Shown:
    """`measured`: what the numbers are."""

    measured: str
    sides: tuple[Side, ...]
    lines: tuple[Line, ...]
    told: bool


def shown(campaign: Campaign, effect: Effect) -> Shown:
    said, more = _formats(campaign)
    sides = tuple(
        Side(letter, said(one.value), _("%(low)s to %(high)s") % {"low": said(one.low), "high": said(one.high)}, one.n)
        for letter, one in effect.measured.items()
    )
    lines = []
    for one in effect.compared:
        gap, tone = one.gap, ""
        if effect.told and one.significant:
            tone = "good" if gap.value > 0 else "bad"
        together = ""
        if campaign.aim == Aim.SPEND and not one.other:
            n = effect.measured[one.one].n
            together = _("%(value)s together (%(low)s to %(high)s)") % {
                name: more(getattr(gap, name) * n) for name in ("value", "low", "high")
            }  # fmt: skip
        interval = _("%(low)s to %(high)s") % {"low": more(gap.low), "high": more(gap.high)}
        lines.append(Line(one.one, one.other, more(gap.value), interval, tone, together))
    named = {Aim.SCORE: campaign.metric.upper(), Aim.ACT: _("Did it"), Aim.SPEND: _("Spent, each")}
    return Shown(named[Aim(campaign.aim)], sides, tuple(lines), effect.told)


def _formats(campaign: Campaign) -> tuple[Callable[[float], str], Callable[[float], str]]:
    """Of a value, and of a difference, which has a sign."""
    if campaign.aim == Aim.SPEND:
        money = partial(numbers.money, currency=campaign.workspace.currency)
        return money, lambda value: f"{'+' if value > 0 else ''}{money(value)}"
    if campaign.aim == Aim.ACT:
        return lambda value: f"{numbers.decimal(value, 1)} %", lambda value: _("%(n)s points") % {"n": numbers.signed(value, 1)}
    return partial(numbers.decimal, digits=1), partial(numbers.signed, digits=1)
