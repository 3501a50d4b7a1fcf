"""Effects that were planted are found: exactly without noise, with the promised coverage in it, and not where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

from regard.science.rollout import NEVER, NO_ANSWERS, NO_BEFORE, NO_OTHERS, Cells, cells, rollout

STARTS = [6, 7, 8, 9, 10, None]


def world(
    rng: np.random.Generator, *, effect: float = 0.9, noise: float = 1.5, shock: float = 0.0, starts: list[int | None] = STARTS, trend: float = 0.0
) -> Cells:  # fmt: skip
    """Six units over fifteen periods, with levels of their own, a trend that all share and (with `trend`) one of their own."""
    rows = []
    levels, periods = rng.normal(4.7, 0.4, len(starts)), np.cumsum(rng.normal(-0.05, 0.2, 15))
    for unit, start in enumerate(starts):
        for period in range(15):
            n = int(rng.integers(15, 90))
            since = NEVER if start is None else period - start
            mean = levels[unit] + periods[period] + effect * (since >= 0) + rng.normal(0, shock) + trend * max(since, -8) * (start is not None)
            answers = rng.normal(mean, noise, n) if noise else np.full(n, mean)
            rows.append((unit, period, n, answers.mean(), answers.var(ddof=1), since))
    columns = list(zip(*rows, strict=True))
    return cells(unit=columns[0], period=columns[1], n=columns[2], mean=columns[3], variance=columns[4], since=columns[5])


def test_without_noise_it_is_found_exactly_whatever_the_levels_and_the_trend() -> None:
    for effect in (0.9, -2.0, 0.0):
        found = rollout(world(np.random.default_rng(3), effect=effect, noise=0))
        assert found.effect is not None and found.effect.value == pytest.approx(effect, abs=1e-8)
        assert found.placebo is not None and found.placebo.value == pytest.approx(0, abs=1e-8)
        assert all(value == pytest.approx(effect, abs=1e-8) for _unit, value in found.without) and len(found.without) == 5


@pytest.mark.parametrize("shock", [0.0, 0.25])
def test_its_interval_covers_the_truth_as_often_as_it_says(shock: float) -> None:
    rng = np.random.default_rng(11)
    hits, trusted, runs = 0, 0, 400
    for _run in range(runs):
        found = rollout(world(rng, shock=shock))
        assert found.effect is not None
        hits += found.effect.low <= 0.9 <= found.effect.high
        trusted += found.trusted
    # 400 draws at 95 %: 91.6 … 97.9 with a chance of 1 in 1,000 to lie outside
    assert 0.916 <= hits / runs <= 0.985
    assert trusted / runs > 0.9


def test_units_that_drift_apart_before_it_comes_are_not_trusted() -> None:
    rng = np.random.default_rng(5)
    assert not any(rollout(world(rng, trend=0.3)).trusted for _run in range(20))


def test_without_a_unit_that_never_has_it_the_last_periods_are_left_out() -> None:
    given = world(np.random.default_rng(2), noise=0, starts=[6, 7, 8, 9, 10, 10])
    found = rollout(given)
    assert found.effect is not None and found.effect.value == pytest.approx(0.9, abs=1e-8)
    last = given.treated & (given.period >= 10)
    assert found.effect.n == given.n[given.treated & ~last].sum()


def test_where_nothing_can_be_told_it_says_why() -> None:
    rng = np.random.default_rng(1)
    assert rollout(world(rng, starts=[None] * 6)).why == NO_ANSWERS
    assert rollout(world(rng, starts=[6] * 6)).why == NO_OTHERS
    assert rollout(world(rng, starts=[0, 0, None, None, None, None])).why == NO_BEFORE
    everybody = rollout(world(rng, starts=[6] * 6))
    assert everybody.effect is None and everybody.path == ()


def test_the_path_shows_when_it_began() -> None:
    found = rollout(world(np.random.default_rng(4), noise=0))
    path = {since: one.value for since, one in found.path}
    assert path[0] == pytest.approx(0.9) and path[-1] == pytest.approx(0, abs=1e-8) and min(path) < -5
