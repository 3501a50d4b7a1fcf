import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from regard.science import mean, proportion


def test_wilson_matches_a_published_example():
    # Newcombe (1998), Statistics in Medicine 17, 857–872: 81 of 263 → .2553 … .3662
    found = proportion(successes=81, n=263)
    assert found.low == pytest.approx(25.53, abs=0.01)
    assert found.high == pytest.approx(36.62, abs=0.01)
    assert found.method == "Wilson"


def test_all_satisfied_of_ten_is_not_certain():
    found = proportion(successes=10, n=10)
    assert found.value == found.high == 100
    assert found.low == pytest.approx(72.25, abs=0.01)
    assert found.standard_error > 0


def test_no_answers_make_no_share():
    assert math.isnan(proportion(successes=0, n=0).value)


def test_more_successes_than_answers_are_refused():
    with pytest.raises(ValueError, match="between 0 and n"):
        proportion(successes=3, n=2)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_and_the_interval_in_0_to_100(pair):
    found = proportion(successes=pair[0], n=pair[1])
    assert 0 <= found.low <= found.value <= found.high <= 100


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.randoms())
def test_the_mean_is_scipys_whatever_the_order(values, random):
    x = np.array(values)
    found = mean(n=len(x), total=x.sum(), total_of_squares=(x**2).sum())
    assert found.value == pytest.approx(x.mean(), abs=1e-6)
    assert found.low <= found.value <= found.high
    if x.std() > 1e-2 * (1 + np.abs(x).max()):
        low, high = stats.t.interval(0.95, len(x) - 1, x.mean(), stats.sem(x))
        assert (found.low, found.high) == (pytest.approx(low, rel=1e-4), pytest.approx(high, rel=1e-4))
    random.shuffle(values)
    y = np.array(values)
    again = mean(n=len(y), total=y.sum(), total_of_squares=(y**2).sum())
    assert again.value == pytest.approx(found.value, abs=1e-6)


def test_one_answer_has_a_mean_and_no_interval():
    found = mean(n=1, total=6, total_of_squares=36)
    assert found.value == 6
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_a_table_of_thousands_of_means_is_one_call():
    n = np.arange(2, 5002)
    found = mean(n=n, total=n * 3.0, total_of_squares=n * 10.0)
    assert len(found) == 5000
    assert np.allclose(found.value, 3)
    assert (np.diff(found.high - found.low) < 0).all()
