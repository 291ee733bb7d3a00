import polars as pl
import pytest

from kcoder.scoring.describe import describe, describe_groups


def test_numbers_are_described_with_count_interval_and_quantiles():
    found = describe(pl.Series([1, 2, 3, 4, None, 100]))
    assert (found["n"], found["mean"], found["median"], found["max"]) == (5, 22, 3, 100)
    assert found["p95"] == pytest.approx(80.8)  # between 4 and 100, linearly
    assert found["low"] < 22 < found["high"]


def test_values_that_are_all_alike_have_no_interval():
    found = describe(pl.Series([2, 2]))
    assert (found["mean"], found["low"], found["high"]) == (2, None, None)


def test_nothing_known_is_nothing_described():
    assert describe(pl.Series([None, None], dtype=pl.Float64)) is None
    assert describe_groups([[], []]) is None


def test_values_in_groups_are_all_described_and_groups_are_drawn_again_whole():
    found = describe_groups([[1, 1, 1], [5], []])
    assert (found["n"], found["groups"], found["mean"], found["median"], found["max"]) == (4, 2, 2, 1, 5)
    assert (found["low"], found["high"]) == (1, 5)  # one group drawn twice, or the other
    assert describe_groups([[2, 2], [2]])["low"] is None
