import time

import numpy as np
import pytest

from kcoder.scoring import intervals
from kcoder.scoring.intervals import Mean, mean, ranks, ratio


def plain(values, draws=2000):
    """The bootstrap as everybody writes it."""
    draw = np.random.default_rng(7)
    means = [values[draw.integers(0, len(values), len(values))].mean() for _ in range(draws)]
    return np.percentile(means, [2.5, 97.5])


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).poisson(3, 400).astype(float),
        np.random.default_rng(2).lognormal(2, 1, 3000),
        np.random.default_rng(3).pareto(2.5, 5000),
    ],
    ids=["few distinct", "many distinct", "long tail"],
)
def test_the_interval_is_that_of_a_plain_bootstrap(values):
    found = mean(values)
    low, high = plain(values)
    assert found.value == pytest.approx(values.mean())
    assert found.n == len(values)
    width = high - low
    assert found.interval == pytest.approx((low, high), abs=0.12 * width)


def test_the_order_of_the_values_does_not_matter():
    values = np.random.default_rng(4).lognormal(2, 1, 2500)
    assert mean(values) == mean(values[::-1])


def test_one_value_and_equal_values_have_no_interval():
    assert mean([3.0]) == Mean(1, 3.0, None)
    assert mean([2.0, 2.0, 2.0]) == Mean(3, 2.0, None)
    assert mean([]) is None


def test_a_hundred_thousand_rows_take_less_than_plain_drawing():
    values = np.random.default_rng(5).lognormal(3, 1, 100_000)
    began = time.process_time()
    mean(values)
    fast = time.process_time() - began
    began = time.process_time()
    plain(values, draws=200)
    assert fast < 10 * (time.process_time() - began)


def test_ranks_are_given_where_intervals_part():
    told = {"a": (5.0, 6.0), "b": (1.0, 2.0), "c": (1.5, 3.0), "d": (0.1, 0.2)}
    assert ranks(told) == {"a": 1, "b": None, "c": None, "d": 4}


def test_nothing_is_ranked_alone_or_beside_a_value_without_interval():
    assert ranks({"a": (1.0, 2.0)}) == {"a": None}
    assert ranks({"a": (1.0, 2.0), "b": None}) == {"a": None, "b": None}


def test_a_ratio_of_many_different_pairs_has_the_interval_of_drawing_them(monkeypatch):
    rng = np.random.default_rng(1)
    under = rng.integers(1, 9, 1500)
    over = under * rng.lognormal(0, 1, 1500)
    quick = ratio(over, under)
    monkeypatch.setattr(intervals, "ATOMS", 2000)
    drawn = ratio(over, under)
    assert (quick.n, quick.value) == (drawn.n, drawn.value)
    assert quick.interval == pytest.approx(drawn.interval, rel=0.01)
    assert quick.interval != drawn.interval
