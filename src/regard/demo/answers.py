"""Who is asked what, who answers, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regard.demo import truths
from regard.demo.history import CODE, History, calls_back
from regard.demo.places import REGIONS
from regard.demo.population import Flags, Integers, Population
from regard.demo.truths import CES, CSAT, DAYS_IN_MONTH, MONTHS, NPS, Floats, Scale

SLIPS = next(index for index, region in enumerate(REGIONS) if region.name == truths.SLIPPING_REGION)


@dataclass(frozen=True)
class Programme:
    """A standing way of asking. `rate` is the response rate of those who are not silent, `mean` that of the
    answers.
    """

    name: str
    touchpoint: str
    metric: str
    rate: float
    mean: float
    causes: tuple[str, ...]


RELATIONSHIP = Programme(
    "Relationship",
    "",
    "nps",
    0.30,
    truths.NPS_MEAN,
    ("price", "network", "support", "billing", "app", "store"),
)
AFTER = (
    Programme(
        "After a support call",
        "Support call",
        "ces",
        0.46,
        truths.CES_MEAN,
        ("support", "support", "billing"),
    ),
    Programme("After a chat", "Chat", "ces", 0.24, 5.1, ("support", "app")),
    Programme("After a store visit", "Store visit", "csat", 0.30, truths.CSAT_MEAN, ("store",)),
    Programme("Bill check", "Bill", "csat", 0.050, truths.CSAT_MEAN, ("billing", "price")),
    Programme("Network check", "Network", "csat", 0.16, 3.4, ("network",)),
    Programme("After activation", "Delivery and activation", "csat", 0.40, 4.0, ("delivery",)),
    Programme("After a technician visit", "Technician visit", "csat", 0.40, 4.1, ("network", "support")),
    Programme("In the app", "Self-service app", "rating", 0.020, 4.0, ("app",)),
)
SCALES: dict[str, Scale] = {"nps": NPS, "ces": CES, "csat": CSAT, "rating": CSAT}


@dataclass(frozen=True)
class Responses:
    """Responses to one programme, columns of equal length. `second` is the NPS asked beside an effort score,
    else −1.
    """

    programme: Programme
    when: Floats
    customer: Integers
    channel: Integers  # of the interaction asked about, −1 for none
    score: Integers
    second: Integers
    shock: Flags


def relationship(people: Population, rng: np.random.Generator) -> Responses:
    """Every half year, by a rolling clock of each customer."""
    asked = rng.uniform(0, 6, len(people))[:, None] + np.array([0.0, 6.0, 12.0])
    living = (asked > people.joined[:, None] + 1) & (asked < people.left[:, None]) & (asked < MONTHS)
    answers = living & (rng.random(asked.shape) < RELATIONSHIP.rate * _willing(people)[:, None])
    customer, wave = np.nonzero(answers)
    when = asked[customer, wave]
    shock = _shocked_before(people, customer, when)
    mean = truths.NPS_MEAN + people.content[customer] + truths.SHOCK_ON_NPS * shock
    mean = mean + truths.SLIP_ON_NPS * _slips(people, customer, when)
    nothing = np.full(len(customer), -1)
    return Responses(RELATIONSHIP, when, customer, nothing, NPS.draw(mean, rng), nothing, shock)


def after(programme: Programme, past: History, people: Population, rng: np.random.Generator) -> Responses:
    """Asked of those who had such an interaction."""
    mine = past.take(past.kind == CODE[programme.touchpoint])
    chosen = rng.random(len(mine)) < programme.rate * _willing(people)[mine.customer]
    mine = mine.take(chosen)
    customer, when = mine.customer, mine.when + rng.uniform(0.001, 0.06, len(mine))
    kept = when < MONTHS
    mine, customer, when = mine.take(kept), customer[kept], when[kept]
    mean = programme.mean + 0.4 * people.content[customer]
    second = np.full(len(customer), -1)
    if programme.touchpoint == "Support call":
        helped = calls_back(people, customer, mine.when)
        mean = mean + truths.CALL_BACK_ON_CES * helped + truths.BUSY_ON_CES * (mine.when >= truths.BUSY_FROM)
        also = truths.NPS_MEAN - 0.4 + people.content[customer] + truths.CALL_BACK_ON_NPS * helped
        second = NPS.draw(also, rng)
    if programme.touchpoint == "Chat":
        mean = mean + truths.PASSED_ON_CES * mine.passed
    if programme.touchpoint in ("Store visit", "Network"):
        mean = mean + truths.SLIP_ON_CSAT * _slips(people, customer, when)
    if programme.touchpoint == "Bill":
        mean = mean + truths.SHOCK_ON_BILL_CSAT * mine.shock
    score = SCALES[programme.metric].draw(mean, rng)
    return Responses(programme, when, customer, mine.channel, score, second, mine.shock)


def moods(responses: Responses) -> Integers:
    """0 bad, 1 mixed, 2 good."""
    bad, good = {"nps": (6, 9), "ces": (3, 6), "csat": (2, 4), "rating": (2, 4)}[responses.programme.metric]
    return (responses.score > bad).astype(np.int64) + (responses.score >= good)


def causes(responses: Responses, people: Population, rng: np.random.Generator) -> list[str]:
    """What each is about: a shock shows in what people write, and so does the region that slips."""
    names = responses.programme.causes
    found = [names[int(die * len(names))] for die in rng.random(len(responses.score)).tolist()]
    if responses.programme is RELATIONSHIP:
        slips = _slips(people, responses.customer, responses.when)
        worse = moods(responses) == 0
        for place in np.flatnonzero(worse & slips):
            found[place] = "store" if place % 2 else "network"
        for place in np.flatnonzero(worse & responses.shock):
            found[place] = "billing"
    return found


def _willing(people: Population) -> Floats:
    return np.where(people.silent, truths.SILENT_ANSWERS, 1.0)


def _slips(people: Population, customer: Integers, when: Floats) -> Flags:
    return np.asarray((people.region[customer] == SLIPS) & (when >= MONTHS - truths.SLIP_DAYS / DAYS_IN_MONTH))


def _shocked_before(people: Population, customer: Integers, when: Floats) -> Flags:
    """A billing shock in this month or the one before."""
    month = np.minimum(when.astype(np.int64), MONTHS - 1)
    return np.asarray(people.shocked[customer, month] | people.shocked[customer, np.maximum(month - 1, 0)])
