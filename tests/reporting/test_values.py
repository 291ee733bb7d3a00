import pytest

from kcoder.reporting.values import number, spanned


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (3.0, "3"), (4.5744, "4.57"), (30.388, "30.39"), (1076.5, "1,076"), (0.006445, "0.00645")],
)
def test_numbers_have_the_digits_a_person_reads(value, shown):
    assert number(value) == shown


def test_a_mean_stands_with_its_interval_where_there_is_one():
    assert spanned({"mean": 4.574, "low": 4.19, "high": 5.0}) == "4.57 [4.19, 5]"
    assert spanned({"mean": 2.0, "low": None, "high": None}) == "2"
    assert spanned({"mean": 4.2, "low": 2.5, "high": None}) == "4.20 [2.50, ∞]"
