import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln, xlogy

from regard.science import difference, nps
from regard.science.nps import ADJUSTED, PLAIN
from regard.science.nps_intervals import score, square_and_add

counts = st.integers(min_value=0, max_value=2000)


def test_a_hundred_answers_have_the_plain_margin_of_the_definitions():
    found = nps(promoters=50, passives=30, detractors=20)
    assert found.value == pytest.approx(30.0)
    assert found.high - found.value == pytest.approx(15.3, abs=0.05)
    assert found.value - found.low == pytest.approx(15.3, abs=0.05)
    assert (found.n, found.method) == (100, PLAIN)


def test_ten_times_the_answers_narrow_the_margin_to_4_84():
    found = nps(promoters=500, passives=300, detractors=200)
    assert found.high - found.value == pytest.approx(4.84, abs=0.005)


def test_thirty_against_fortyfive_with_a_hundred_each_is_not_significant():
    a = nps(promoters=60, passives=25, detractors=15)
    b = nps(promoters=50, passives=30, detractors=20)
    found = difference(a, b)
    assert found.value == pytest.approx(15)
    assert found.z == pytest.approx(1.39, abs=0.005)
    assert not found.significant


def test_ten_promoters_alone_do_not_prove_that_everyone_is_one():
    found = nps(promoters=10, passives=0, detractors=0)
    assert (found.value, found.high, found.method) == (100, 100, ADJUSTED)
    # Newcombe with correlation −1: 1 − 2·(1 − Wilson's lower limit of 10/10, .7225)
    assert found.low == pytest.approx(44.49, abs=0.01)


def test_many_answers_that_all_agree_still_have_doubt():
    found = nps(promoters=0, passives=5000, detractors=0)
    assert found.low < 0 < found.high
    assert found.standard_error > 0


def test_nobody_answered_is_not_a_score_of_zero():
    found = nps(promoters=0, passives=0, detractors=0)
    assert found.n == 0
    assert np.isnan([found.value, found.low, found.high, found.standard_error]).all()


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        nps(promoters=-1, passives=2, detractors=3)


@given(counts, counts, counts)
def test_the_interval_holds_the_value_and_stays_in_range(promoters, passives, detractors):
    if promoters + passives + detractors == 0:
        return
    found = nps(promoters=promoters, passives=passives, detractors=detractors)
    assert -100 <= found.low <= found.value <= found.high <= 100
    assert found.low < found.high
    mirror = nps(promoters=detractors, passives=passives, detractors=promoters)
    assert mirror.value == pytest.approx(-found.value)
    assert mirror.low == pytest.approx(-found.high)


@given(st.lists(st.tuples(counts, counts, counts), min_size=1, max_size=30))
def test_a_table_gives_the_same_as_its_rows(rows):
    columns = np.array(rows).T
    table = nps(promoters=columns[0], passives=columns[1], detractors=columns[2])
    for index, (promoters, passives, detractors) in enumerate(rows):
        alone = nps(promoters=promoters, passives=passives, detractors=detractors)
        for name in ("low", "high", "value", "standard_error"):
            assert np.isclose(getattr(table[index], name), getattr(alone, name), equal_nan=True)
        assert table[index].method == alone.method


def test_the_score_interval_ends_where_the_score_test_passes_196():
    # An independent route: the constrained maximum likelihood found by a search, not by Tango's closed form.
    b, c, n = 12, 2, 50
    low, high = score(np.array([float(b)]), np.array([float(c)]), np.array([float(n)]))
    for bound in (low[0], high[0]):
        d = np.linspace(max(0, -bound), (1 - bound) / 2, 2_000_001)[1:-1]
        likelihood = b * np.log(d + bound) + c * np.log(d) + (n - b - c) * np.log(1 - 2 * d - bound)
        best = d[likelihood.argmax()]
        variance = (2 * best + bound - bound**2) / n
        assert abs((b - c) / n - bound) / np.sqrt(variance) == pytest.approx(1.96, abs=1e-4)


@pytest.mark.parametrize("n", [10, 30, 60])
def test_the_small_sample_interval_covers_as_published(n):
    counted = np.arange(n + 1, dtype=float)
    p_counts, d_counts = (axis.ravel() for axis in np.meshgrid(counted, counted))
    possible = p_counts + d_counts <= n
    p_counts, d_counts = p_counts[possible], d_counts[possible]
    found = nps(promoters=p_counts, passives=n - p_counts - d_counts, detractors=d_counts)
    rest = n - p_counts - d_counts
    ways = gammaln(n + 1) - gammaln(p_counts + 1) - gammaln(d_counts + 1) - gammaln(rest + 1)
    covered = []
    for p, d in [(0.5, 0.2), (0.1, 0.1), (0.9, 0.05), (0.05, 0.9), (0.34, 0.33), (0.0, 0.05), (0.8, 0.0)]:
        weight = np.exp(ways + xlogy(p_counts, p) + xlogy(d_counts, d) + xlogy(rest, 1 - p - d))
        truth = 100 * (p - d)
        covered.append(weight[(found.low <= truth + 1e-9) & (truth <= found.high + 1e-9)].sum())
    assert min(covered) > 0.91
    assert 0.93 < np.mean(covered) < 0.98


def test_square_and_add_is_symmetric_in_promoters_and_detractors():
    low, high = square_and_add(np.array([7.0]), np.array([2.0]), np.array([12.0]))
    mirrored_low, mirrored_high = square_and_add(np.array([2.0]), np.array([7.0]), np.array([12.0]))
    assert low[0] == pytest.approx(-mirrored_high[0])
    assert high[0] == pytest.approx(-mirrored_low[0])
