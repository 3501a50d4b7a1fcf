"""What a recovery did is told from what would have happened anyway."""

from __future__ import annotations

import numpy as np
import pytest

from regard.science.recovery import recovery


def sides(rng: np.random.Generator, *, effect: float, count: int = 60) -> dict[str, tuple[np.ndarray, ...]]:
    """The lower the score before, the more it goes up by itself; the recovered had lower ones."""
    found: dict[str, list[tuple[int, float, float]]] = {"recovered": [], "others": []}
    for before in range(7):
        for name, number, more in (("recovered", count - 6 * before, effect), ("others", count + 40 * before, 0.0)):
            change = rng.normal(0.5 * (6 - before) + more, 2.0, number)
            found[name].append((number, float(change.mean()), float(change.var(ddof=1))))
    return {name: tuple(np.array(column) for column in zip(*rows, strict=True)) for name, rows in found.items()}


def test_what_goes_up_by_itself_is_no_recovery() -> None:
    rng = np.random.default_rng(8)
    values = [recovery(**sides(rng, effect=0.0)).value for _run in range(200)]  # type: ignore[union-attr, arg-type]
    assert abs(float(np.mean(values))) < 0.05


def test_its_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(9)
    found = [recovery(**sides(rng, effect=1.2)) for _run in range(500)]  # type: ignore[arg-type]
    hits = sum(one is not None and one.low <= 1.2 <= one.high for one in found)
    assert 0.92 <= hits / 500 <= 0.98


def test_a_score_that_only_one_side_had_says_nothing() -> None:
    assert recovery(recovered=([9], [1.0], [1.0]), others=([0], [0.0], [0.0])) is None
    told = recovery(recovered=([9, 5], [1.0, 99.0], [1.0, 1.0]), others=([4, 1], [0.0, 0.0], [1.0, 0.0]))
    assert told is not None and told.value == pytest.approx(1.0) and told.n == 9
