"""Chats are conversations. Some go on at another contact centre, where the customer has to tell it all again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from regard.demo import truths
from regard.demo.history import CODE, History, in_order
from regard.demo.places import REGIONS
from regard.demo.population import Integers, Population
from regard.demo.truths import DAYS_IN_MONTH, MONTHS

_SECONDS_IN_MONTH = DAYS_IN_MONTH * 86_400
#: The largest centre helps all the others out, and is helped by its neighbour; the rest goes to the next one.
_LARGEST = int(np.argmax([region.share for region in REGIONS]))
_TO_LARGEST = 0.6


def converse(history: History, people: Population, rng: np.random.Generator) -> History:
    """Every chat with its conversation; those that are passed on with their second part, begun some minutes after the first has ended."""
    chats = np.flatnonzero(history.kind == CODE["Chat"])
    chosen, wait = rng.random(len(chats)) < truths.PASSED_SHARE, rng.uniform(60, 720, len(chats))
    again = history.when[chats] + (history.seconds[chats] + wait) / _SECONDS_IN_MONTH
    passed = chosen & (again < MONTHS)
    matter, told_on = history.matter.copy(), history.passed.copy()
    matter[chats] = np.arange(len(chats))
    told_on[chats] = passed
    first = replace(history, matter=matter, passed=told_on)
    second = first.take(chats[passed])
    size = len(second)
    second = replace(
        second, when=again[passed], region=_elsewhere(people.region[second.customer], rng), outcome=(rng.random(size) > 0.72).astype(np.int64),
        seconds=np.round(560 * rng.lognormal(-0.18, 0.6, size), 1),
    )  # fmt: skip
    return in_order([first, second])


def _elsewhere(own: Integers, rng: np.random.Generator) -> Integers:
    following = (own + 1) % len(REGIONS)
    largest = (rng.random(len(own)) < _TO_LARGEST) & (own != _LARGEST)
    return np.where(largest, _LARGEST, following)
