"""Eighteen months of interactions, as columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from regard.demo import truths
from regard.demo.places import REGIONS
from regard.demo.population import PRICES, Flags, Integers, Population
from regard.demo.truths import DAYS_IN_MONTH, MONTHS, Floats


@dataclass(frozen=True)
class Kind:
    """A kind of interaction: how often a customer has it in a month, and how it looks."""

    touchpoint: str
    event: str
    channels: tuple[str, ...]
    per_month: float
    seconds: float = 0.0
    place: str = "region"  # region, store or centre
    outcomes: tuple[str, ...] = ()
    outcome_shares: tuple[float, ...] = ()


KINDS = (
    Kind("Bill", "Bill sent", ("e-mail", "self-service", "post"), 1.0),
    Kind("Self-service app", "App opened", ("mobile",), 1.35, 140),
    Kind("Web site", "Site visited", ("web",), 0.55, 200),
    Kind("Network", "Connection lost", ("device",), 0.13, 900),
    Kind("Support call", "Call ended", ("phone", "contact centre"), 0.16, 420, "centre"),
    Kind("Chat", "Chat ended", ("chat",), 0.10, 560, "centre", ("resolved", "unresolved"), (0.72, 0.28)),
    Kind(
        "Store visit",
        "Store visited",
        ("store",),
        0.12,
        900,
        "store",
        ("served", "left without service"),
        (0.9, 0.1),
    ),
    Kind(
        "Upgrade offer",
        "Offer sent",
        ("e-mail", "SMS"),
        0.09,
        0,
        "region",
        ("declined", "accepted"),
        (0.93, 0.07),
    ),
    Kind("Outage notice", "Outage announced", ("SMS", "e-mail"), 0.05),
    Kind(
        "Technician visit",
        "Technician visited",
        ("field visit",),
        0.018,
        3000,
        "region",
        ("fixed", "not fixed"),
        (0.85, 0.15),
    ),
    Kind("Contract renewal", "Contract renewed", ("web", "phone", "store"), 0.03),
)
ONCE = (
    Kind("Order", "Order placed", ("web", "store", "phone"), 0, 600),
    Kind("Delivery and activation", "SIM activated", ("post", "mobile"), 0, 300),
    Kind("Cancellation", "Contract cancelled", ("phone", "web"), 0, 380),
    Kind("Referral", "Friend referred", ("web", "SMS"), 0),
)
ALL = KINDS + ONCE
CODE = {kind.touchpoint: code for code, kind in enumerate(ALL)}
CENTRES = tuple(region.centre for region in REGIONS)
# Months at which the contact centre of each region begins to call back; beyond the end: never.
CALL_BACK = np.array([truths.CALL_BACK_FROM.get(centre, 99) for centre in CENTRES], dtype=np.float64)


@dataclass(frozen=True)
class History:
    """Interactions in columns of equal length, sorted by time. `when` counts months from the beginning."""

    when: Floats
    customer: Integers
    kind: Integers  # place in ALL
    channel: Integers  # place among the kind's channels
    outcome: Integers  # place among the kind's outcomes, −1 for none
    seconds: Floats  # NaN for none
    money: Floats  # NaN for none
    handovers: Integers  # −1 for none
    shock: Flags
    matter: Integers  # the conversation that it belongs to, −1 for none
    passed: Flags  # that conversation went on to another contact centre
    region: Integers  # whose contact centre had it, −1 for the customer's own

    def __len__(self) -> int:
        return len(self.when)

    def take(self, chosen: Integers | Flags | slice) -> History:
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


#: Outcomes of support calls: call-backs resolve more of them.
CALL_OUTCOMES = ("resolved", "unresolved")


def live(people: Population, rng: np.random.Generator) -> History:
    """Everything regular, in order of time."""
    active = people.active()
    parts = [_kind(code, kind, people, active, rng) for code, kind in enumerate(KINDS)]
    parts += [_once(people, rng)]
    return in_order(parts)


def in_order(parts: list[History]) -> History:
    joined = History(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(History)})
    kept = joined.take((joined.when >= 0) & (joined.when < MONTHS))
    return kept.take(np.argsort(kept.when, kind="stable"))


def calls_back(people: Population, customer: Integers, when: Floats) -> Flags:
    """Did the customer's contact centre call back by then?"""
    return np.asarray(when >= CALL_BACK[people.region[customer]])


def moments(month: Integers, rng: np.random.Generator) -> Floats:
    """A moment in each month, by day: few at night."""
    day = np.floor(rng.random(len(month)) * DAYS_IN_MONTH)
    hour = 7 + 15 * rng.beta(2.2, 2.0, len(month))
    return np.asarray(month + np.minimum((day + hour / 24) / DAYS_IN_MONTH, 0.9999))


def _kind(code: int, kind: Kind, people: Population, active: Flags, rng: np.random.Generator) -> History:
    if kind.touchpoint == "Bill":
        count = active.astype(np.int64)
    else:
        rate = np.where(active, kind.per_month, 0.0) * rng.gamma(2.0, 0.5, (len(people), 1))
        if kind.touchpoint == "Support call":
            rate = rate + np.where(active & people.shocked, truths.SHOCK_CALLS, 0.0)
        count = rng.poisson(rate)
    customer, month = (np.repeat(axis, count[axis_of]) for axis, axis_of in _cells(count))
    when = moments(month, rng)
    shock = people.shocked[customer, month]
    return _dressed(code, kind, people, customer, when, shock, rng)


def _cells(count: Integers) -> list[tuple[Integers, tuple[Integers, Integers]]]:
    rows, columns = np.nonzero(count)
    return [(rows, (rows, columns)), (columns, (rows, columns))]


def _dressed(
    code: int,
    kind: Kind,
    people: Population,
    customer: Integers,
    when: Floats,
    shock: Flags,
    rng: np.random.Generator,
) -> History:
    size = len(customer)
    outcome = np.full(size, -1)
    handovers = np.full(size, -1)
    seconds = np.full(size, np.nan)
    if kind.seconds:
        seconds = np.round(kind.seconds * rng.lognormal(-0.18, 0.6, size), 1)
    if kind.outcomes:
        outcome = rng.choice(len(kind.outcomes), size, p=np.array(kind.outcome_shares))
    if kind.touchpoint == "Support call":
        helped = calls_back(people, customer, when).astype(np.int64)
        outcome = (rng.random(size) > np.array(truths.CALL_BACK_RESOLVED)[helped]).astype(np.int64)
        handovers = rng.poisson(np.array(truths.CALL_BACK_HANDOVERS)[helped])
    return History(
        when=when, customer=customer, kind=np.full(size, code), channel=_channel(kind, size, rng),
        outcome=outcome, seconds=seconds, money=_money(kind, people, customer, shock, rng),
        handovers=handovers, shock=shock, matter=np.full(size, -1), passed=np.zeros(size, bool), region=np.full(size, -1),
    )  # fmt: skip


def _channel(kind: Kind, size: int, rng: np.random.Generator) -> Integers:
    return np.minimum((rng.random(size) ** 1.6 * len(kind.channels)).astype(np.int64), len(kind.channels) - 1)


def _money(kind: Kind, people: Population, customer: Integers, shock: Flags, rng: np.random.Generator) -> Floats:
    size = len(customer)
    if kind.touchpoint == "Bill":
        usual = PRICES[people.plan[customer]] * rng.lognormal(0.05, 0.08, size)
        return np.asarray(np.round(np.where(shock, usual * rng.uniform(2.5, 4.0, size), usual), 2))
    if kind.touchpoint == "Order":
        return np.asarray(np.round(rng.choice([0.0, 19.0, 49.0, 199.0, 549.0], size, p=[0.4, 0.2, 0.15, 0.15, 0.1]), 2))
    return np.full(size, np.nan)


def _once(people: Population, rng: np.random.Generator) -> History:
    """Orders and activations of those who joined, cancellations of those who left."""
    parts = []
    came = np.flatnonzero(people.joined >= 0)
    gone = np.flatnonzero(people.left < MONTHS)
    for touchpoint, customer, when in (
        ("Order", came, people.joined[came]),
        ("Delivery and activation", came, people.joined[came] + rng.uniform(0.05, 0.3, len(came))),
        ("Cancellation", gone, people.left[gone]),
    ):
        code = CODE[touchpoint]
        parts.append(_dressed(code, ALL[code], people, customer, when, np.zeros(len(customer), bool), rng))
    return in_order(parts)


def refer(people: Population, customer: Integers, when: Floats, score: Integers, rng: np.random.Generator) -> History:
    """Referrals that follow relationship answers."""
    chance = np.select(
        [score >= 9, score >= 7],
        [truths.REFERS["promoter"], truths.REFERS["passive"]],
        truths.REFERS["detractor"],
    )
    chosen = rng.random(len(score)) < chance
    later = when[chosen] + rng.uniform(0.02, 60 / DAYS_IN_MONTH, int(chosen.sum()))
    code = CODE["Referral"]
    size = int(chosen.sum())
    return _dressed(code, ALL[code], people, customer[chosen], later, np.zeros(size, bool), rng)
