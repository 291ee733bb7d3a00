import pytest

from kcoder.paired import paired
from kcoder.reporting.numbers import amount, chance, changed, lasted, points, scored


def passes(marks):
    return {f"p{i}": (int(mark), 1) for i, mark in enumerate(marks)}


def test_a_score_shows_passes_share_and_interval():
    score = {"k": 23, "n": 158, "value": 23 / 158, "low": 0.0990, "high": 0.2091}
    assert scored(score) == "23/158 = 14.6 % [9.9, 20.9]"


def test_a_score_without_whole_passes_shows_its_count():
    assert scored({"k": None, "n": 158, "value": 0.146, "low": 0.099, "high": 0.209}) == "14.6 % [9.9, 20.9], n = 158"
    assert scored({"k": None, "n": 158, "value": 0.146, "low": None, "high": None}) == "14.6 %, n = 158"


def test_a_score_in_points_has_a_sign():
    score = {"value": 4.44, "low": -0.6, "high": 9.31, "unit": "points", "n": 158}
    assert scored(score) == "+4.4 [−0.6, +9.3] points, n = 158"


def test_the_difference_is_in_points():
    found = paired(passes("1100"), passes("1000"))
    assert (found.points, found.n) == (25.0, 4)


def test_the_interval_is_that_of_resampled_problems():
    # one problem in two differs: of two drawn problems 0, 1 or 2 differ with probability 1/4, 1/2, 1/4
    found = paired(passes("10"), passes("00"))
    assert (found.points, found.low, found.high) == (50.0, 0.0, 100.0)
    assert not found.clear


def test_equal_passes_are_no_difference_and_a_gain_everywhere_is_clear_but_of_some_width():
    same, all_gained = paired(passes("1010"), passes("1010")), paired(passes("1" * 9), passes("0" * 9))
    assert (same.points, same.clear) == (0.0, False)
    assert same.low == -same.high < 0
    assert (all_gained.points, all_gained.high, all_gained.clear) == (100.0, 100.0, True)
    assert 0 < all_gained.low < 100


def test_the_interval_is_near_the_normal_one_and_the_same_every_time():
    one, other = passes("1" * 60 + "0" * 40), passes("1" * 40 + "0" * 60)
    found = paired(one, other)
    assert found == paired(one, other)
    # the mean of 100 gains of which 20 are 1: standard error 4 points
    assert found.points == 20.0
    assert found.low == pytest.approx(20 - 1.96 * 4, abs=1.0)
    assert found.high == pytest.approx(20 + 1.96 * 4, abs=1.0)


def test_pairing_cancels_what_both_models_share():
    apart = paired(passes("10" * 20), passes("01" * 20))
    together = paired(passes("10" * 20), passes("10" * 19 + "00"))
    assert together.high - together.low < (apart.high - apart.low) / 5


def test_other_problems_or_too_few_samples_cannot_be_paired():
    assert paired(passes("10"), passes("100")) is None
    assert paired(passes("10"), passes("11"), k=2) is None
    assert paired({}, {}) is None


def test_points_carry_their_sign():
    assert [points(x) for x in (12.04, -4.31, 0.0, -0.04)] == ["+12.0", "−4.3", "0.0", "0.0"]


def test_a_change_whose_interval_holds_zero_is_not_clear():
    change = {"points": -4.3, "low": -9.0, "high": 0.0, "clear": False}
    assert changed(change) == "−4.3 [−9.0, 0.0] no clear difference"
    assert changed(change | {"high": -0.5, "clear": True}) == "−4.3 [−9.0, −0.5]"


def test_amounts_and_times_have_natural_units():
    assert [amount(x) for x in (656, 65536, 563856, 2.1e7)] == ["656", "65.5 k", "564 k", "21.0 M"]
    assert [lasted(x) for x in (8.31, 292, 31860)] == ["8.3 s", "4 min 52 s", "8 h 51 min"]


def test_a_score_without_a_value_is_the_reason_why():
    assert scored({"value": None, "k": None, "n": 0, "interval": "no problem is clean"}) == "no problem is clean"
    assert scored({"value": None}) == "not defined"


def test_a_score_in_a_unit_of_its_own_is_no_share():
    score = {"value": 3.13, "low": 3.0219, "high": 3.241, "k": None, "n": 48, "unit": "perplexity"}
    assert scored(score) == "3.130 [3.022, 3.241], n = 48"
    assert scored(score | {"low": None, "high": None}) == "3.130, n = 48"


def test_a_chance_shows_three_digits_or_that_it_is_below_them():
    assert [chance(p) for p in (0.0307, 0.0009, 1.0, None)] == ["0.031", "<\N{NO-BREAK SPACE}0.001", "1.000", None]
