import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.science import benjamini_hochberg, difference, mean, nps, proportion


def test_a_clear_difference_is_significant():
    found = difference(proportion(successes=600, n=1000), proportion(successes=500, n=1000))
    assert found.value == pytest.approx(10)
    assert found.z == pytest.approx(4.52, abs=0.01)
    assert found.significant


def test_one_answer_is_never_a_significant_change():
    found = difference(mean(n=1, total=7, total_of_squares=49), mean(n=50, total=100, total_of_squares=210))
    assert math.isnan(found.p)
    assert not found.significant


def test_two_groups_that_all_agree_with_each_other_do_not_differ():
    same = mean(n=9, total=27, total_of_squares=81)
    assert (difference(same, same).z, difference(same, same).p) == (0, 1)


def test_columns_are_compared_row_by_row():
    a = nps(promoters=np.array([60, 600]), passives=np.array([25, 250]), detractors=np.array([15, 150]))
    b = nps(promoters=np.array([50, 500]), passives=np.array([30, 300]), detractors=np.array([20, 200]))
    assert difference(a, b).significant.tolist() == [False, True]


def test_benjamini_hochberg_rejects_as_in_the_paper():
    # Benjamini & Hochberg (1995), section 3.2: 15 p-values, the four smallest are rejected at .05
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(p).tolist() == [True] * 4 + [False] * 11


def test_comparisons_that_could_not_be_made_do_not_count():
    assert benjamini_hochberg([math.nan, 0.04, math.nan]).tolist() == [False, True, False]
    assert benjamini_hochberg([]).tolist() == []


@given(st.lists(st.floats(0, 1), max_size=40), st.randoms())
def test_benjamini_hochberg_does_not_depend_on_the_order(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = benjamini_hochberg([p[i] for i in order])
    assert shuffled.tolist() == [benjamini_hochberg(p)[i] for i in order]


@given(st.integers(0, 2**32 - 1))
def test_pure_noise_is_rarely_called_a_finding(seed):
    # With true nulls alone the chance of any rejection is the level itself: about 10 tables of 200.
    p = np.random.default_rng(seed).uniform(size=(200, 20))
    assert sum(benjamini_hochberg(row).any() for row in p) < 35
