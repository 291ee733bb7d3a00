"""pass@k and its intervals, by hand."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from kcoder.estimates import bootstrap, detectable, firm, holm, kappa, mcnemar, pass_at, wilson


@pytest.mark.parametrize(("n", "c", "k"), [(5, 2, 1), (5, 2, 3), (20, 1, 10), (200, 13, 100), (10, 0, 5), (10, 10, 10)])
def test_the_estimate_equals_exact_arithmetic(n, c, k):
    exact = 1 - Fraction(comb(n - c, k), comb(n, k))
    assert pass_at(k, c, n) == pytest.approx(float(exact), abs=1e-15)


def test_fewer_samples_than_k_are_refused_and_not_scored_as_one():
    with pytest.raises(ValueError, match="pass@100 of 20 samples"):
        pass_at(100, 0, 20)


def test_wilsons_interval():
    assert [round(100 * x, 1) for x in wilson(23, 158)] == [9.9, 20.9]
    assert wilson(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert wilson(10, 10) == (pytest.approx(0.7225, abs=1e-4), pytest.approx(1.0))


def test_the_bootstrap_is_near_the_normal_interval_and_the_same_every_time():
    values = [0.0, 1.0] * 50
    assert bootstrap(values, 0, 1) == bootstrap(values, 0, 1)
    assert bootstrap(values, 0, 1) == (pytest.approx(0.40, abs=0.02), pytest.approx(0.60, abs=0.02))


def test_problems_that_are_all_alike_leave_room_for_those_not_seen():
    assert bootstrap([1.0] * 8, 0, 1) == (pytest.approx(wilson(8, 8)[0]), 1.0)
    assert bootstrap([0.0] * 8, 0, 1) == (0.0, pytest.approx(wilson(0, 8)[1]))
    low, high = bootstrap([0.0] * 100, -100, 100)
    assert (low, high) == (pytest.approx(-3.7, abs=0.01), pytest.approx(3.7, abs=0.01))
    low, high = bootstrap([0.4] * 5, 0, 1)
    assert 0 < low < 0.4 < high < 1


def test_mcnemars_exact_chance_is_that_of_the_binomial_distribution():
    from scipy.stats import binomtest

    for fewer, more in ((0, 5), (1, 8), (3, 3), (0, 0), (12, 30)):
        right = binomtest(fewer, fewer + more).pvalue if fewer + more else 1.0
        assert mcnemar(fewer, more) == pytest.approx(right)
        assert mcnemar(more, fewer) == mcnemar(fewer, more)


def test_holms_correction_keeps_the_order_and_never_exceeds_one():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_kappa_is_agreement_beyond_chance():
    """By hand, of 50: agreement 35/50 = 0.7, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5."""
    value, low, high = kappa(20, 5, 10, 15)
    assert value == pytest.approx(0.4)
    assert (low, high) == tuple(pytest.approx((end - 0.5) / 0.5) for end in wilson(35, 50))
    assert kappa(20, 10, 5, 15)[0] == pytest.approx(0.4)


def test_kappa_of_full_agreement_leaves_room_and_of_no_variation_is_not_defined():
    value, low, high = kappa(5, 0, 0, 5)
    assert (value, high) == (1.0, pytest.approx(1.0))
    assert low == pytest.approx(2 * wilson(10, 10)[0] - 1)
    assert kappa(0, 5, 5, 0)[0] == -1.0
    assert kappa(10, 2, 0, 0)[0] == 0.0
    assert kappa(10, 0, 0, 0) is None and kappa(0, 0, 0, 10) is None


def test_a_difference_as_large_as_what_can_be_detected_is_detected_four_times_in_five():
    gains = [1.0] * 42 + [0.0] * 138 + [-1.0] * 20
    assert detectable(gains) == pytest.approx(sum(gains) / 200, abs=0.005)
    draw = np.random.default_rng(0)
    clear = sum(bootstrap(draw.choice(gains, 200), -1.0, 1.0)[0] > 0 for _ in range(300))
    assert 0.75 < clear / 300 < 0.87


def test_how_firm_a_choice_is_follows_from_the_problems():
    assert firm([[1.0, 0.0, 1.0]]) == 1.0
    assert firm([[0.0] * 5, [1.0] * 5]) == 1.0
    assert firm([[0.0] * 5, [0.0] * 5]) == 1.0  # the earlier, always
    # one problem apart: the second wins where it is drawn, in 1 - (9 / 10) ** 10 of all
    apart = firm([[0.0] * 10, [1.0] + [0.0] * 9])
    assert apart == pytest.approx(1 - 0.9**10, abs=0.03)
