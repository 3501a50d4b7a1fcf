"""A plan, as a page says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.listening.invitations.models import REASONS
from regard.listening.planner.expected import Spread
from regard.listening.planner.models import DAYS, Plan
from regard.listening.programmes.queries import Reason
from regard.metrics.measures import MEASURES


@dataclass(frozen=True)
class Group:
    """Customers who could be asked; `starves`: hardly any of them is."""

    name: str
    eligible: int
    asked: int
    answers: float
    margin: float | None
    people: int

    @property
    def share(self) -> float:
        return self.asked / self.eligible if self.eligible else 0.0

    @property
    def starves(self) -> bool:
        return self.share < 0.1

    @property
    def too_few(self) -> bool:
        return self.margin is None


@dataclass(frozen=True)
class Groups:
    title: str
    rows: list[Group]


@dataclass(frozen=True)
class Other:
    name: str
    sent: int
    lost: int

    @property
    def percent(self) -> float:
        return 100 * self.lost / self.sent if self.sent else 0.0


@dataclass(frozen=True)
class Told:
    """What came of a plan. Counts are estimates where `one_in` is more than one."""

    eligible: int
    asked: int
    waiting: int
    people: int
    never: int  # of them, never asked
    peak: int
    a_day: float
    answers: float
    margin: float | None
    metric: str
    digits: int  # of its margins
    guessed: bool  # nothing is known yet of how far scores lie apart
    one_in: int
    reasons: list[Reason]
    groups: list[Groups]
    others: list[Other]

    @property
    def lost(self) -> int:
        return sum(one.lost for one in self.others)


def told(plan: Plan) -> Told:
    found, rate = plan.found, float(plan.rate) / 100
    spread = Spread(*found["spread"]) if found["spread"] else None
    answers = found["asked"] * rate
    left_out = sum(count for _because, count in found["reasons"]) or 1
    return Told(
        **{name: found[name] for name in ("eligible", "asked", "waiting", "people", "peak", "one_in")},
        never=found["people"] - found["reached"], a_day=found["asked"] / DAYS, answers=answers,
        margin=spread.margin(answers) if spread else None, metric=spread.metric if spread else "",
        digits=1 if spread and MEASURES[spread.metric].unit in ("points", "percent") else 2, guessed=spread is not None and spread.n == 0,
        reasons=[Reason(because, str(REASONS.get(because, because)), count, 100 * count / left_out) for because, count in found["reasons"]],
        groups=list(_groups(plan, spread, rate)), others=[Other(*row) for row in found["others"]],
    )  # fmt: skip


def _groups(plan: Plan, spread: Spread | None, rate: float) -> Iterator[Groups]:
    """Those that say something: more than one of a kind."""
    titles = {"unit": _("By unit"), "touchpoint": _("By touchpoint"), "trait": _("By %(trait)s") % {"trait": plan.trait}}
    for kind, title in titles.items():
        told = [
            Group(
                name or _("not known"),
                eligible,
                asked,
                asked * rate,
                spread.margin(asked * rate) if spread else None,
                people,
            )
            for name, eligible, asked, people in plan.found["groups"].get(kind, ())
        ]
        if len(told) > 1:
            yield Groups(title, told)
