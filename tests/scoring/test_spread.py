import numpy as np
import pytest

from kcoder.scoring.spread import mean_cosine, vendi


def alike(n, cosine):
    """n unit vectors, each two of this cosine: a shared axis, and an axis of its own for each."""
    shared = np.full((n, 1), np.sqrt(cosine))
    return np.hstack([shared, np.sqrt(1 - cosine) * np.eye(n)])


def test_a_thousand_vectors_of_cosine_point_eight_spread_one_and_a_quarter():
    spread, low, high = mean_cosine(alike(1000, 0.8)).spread()
    assert (spread, low, high) == pytest.approx((1.25, 1.25, 1.25))


def test_the_formula_as_printed_gives_another_number_by_twelve_orders():
    rows = alike(1000, 0.8)
    n, cosines = len(rows), rows @ rows.T
    printed = (n * (n - 1) / cosines[~np.eye(n, dtype=bool)]).sum()
    assert printed == pytest.approx(1.2475e12, rel=1e-3)


def test_the_closed_form_is_the_mean_over_all_pairs():
    rows = np.random.default_rng(1).normal(1, 1, (60, 8))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = [unit[i] @ unit[j] for i in range(60) for j in range(60) if i != j]
    found = mean_cosine(rows)
    assert found.mean == pytest.approx(np.mean(pairs))
    assert found.low < found.mean < found.high


def test_the_order_of_the_rows_does_not_matter():
    rows = np.random.default_rng(5).normal(1, 1, (50, 8))
    assert mean_cosine(rows) == mean_cosine(rows[::-1])
    assert vendi(rows) == vendi(rows[::-1])


def test_the_interval_holds_the_mean_of_the_whole_about_as_often_as_it_says():
    draw = np.random.default_rng(3)
    whole = draw.normal(1, 1, (4000, 6))
    truth = mean_cosine(whole).mean
    samples = (mean_cosine(whole[draw.integers(0, len(whole), 80)]) for _ in range(100))
    assert sum(s.low <= truth <= s.high for s in samples) >= 87


def test_spread_is_undefined_where_vectors_point_apart():
    rows = np.vstack([np.eye(6), -np.eye(6)])
    found = mean_cosine(rows)
    assert found.mean == pytest.approx(-1 / 11)
    assert found.spread() is None


def test_an_interval_that_reaches_zero_has_no_upper_bound():
    rows = np.vstack([np.eye(11), np.eye(11)[0] + np.eye(11)[1]])
    spread, low, high = mean_cosine(rows).spread()
    assert low < spread
    assert high is None


def test_nine_rows_are_too_few():
    assert mean_cosine(np.eye(9)) is None
    assert mean_cosine(np.eye(10)) is not None


def test_vendi_counts_different_things():
    assert vendi(np.eye(5)) == pytest.approx(5)
    assert vendi(np.ones((7, 3))) == pytest.approx(1)
    assert vendi(np.vstack([np.eye(2), np.eye(2)])) == pytest.approx(2)
    assert vendi(np.empty((0, 3))) is None


def test_vendi_is_the_same_through_either_matrix():
    rows = np.random.default_rng(2).normal(size=(12, 5))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(unit @ unit.T / 12)
    values = values[values > 1e-12]
    assert vendi(rows) == pytest.approx(np.exp(-(values * np.log(values)).sum()))
