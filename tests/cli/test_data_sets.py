import pytest

from kcoder.cli.data_sets import number, table


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (3.0, "3"),
        (2017, "2,017"),
        (4.5744, "4.57"),
        (30.388, "30.39"),
        (1076.5, "1,076"),
        (194.48, "194"),
        (0.95, "0.95"),
        (0.006445, "0.00645"),
        (0.0, "0"),
    ],
)
def test_numbers_have_the_digits_a_person_reads(value, shown):
    assert number(value) == shown


def test_words_stand_left_and_figures_right():
    assert table(("code", "mean", "n"), [("a", "4.57", "1"), ("long name", "2", "1,000")]) == [
        "  code         mean      n",
        "    a          4.57      1",
        "    long name     2  1,000",
    ]
