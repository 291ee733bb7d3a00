import polars as pl
import pytest

from kcoder.filters.lines import MaxAvgLineLength, MaxLineLength, MaxRepeatedLines
from kcoder.tables.features import measure

NEVER = [None, None]


def reasons(a_filter, texts):
    told = measure(pl.Series(texts), a_filter.needs).select(a_filter.reason().alias("reason"))
    return told["reason"].to_list()


@pytest.mark.parametrize(
    ("found", "limit", "reason"), [(MaxAvgLineLength, 4, "average"), (MaxLineLength, 6, "longest")]
)
def test_lines_at_the_limit_stay_and_one_character_more_drops(found, limit, reason):
    at = "aa\naaaaaa\n"
    assert reasons(found(limit=limit), [at, "", "aaa\naaaaaaa"]) == [*NEVER, f"{reason} line > {limit}"]


def test_the_limits_are_the_published_ones():
    texts = ["a" * 100, "a" * 101, "a" * 1000 + "\n" * 99, "a" * 1001 + "\n" * 99]
    assert reasons(MaxAvgLineLength(), texts) == [None, "average line > 100", None, None]
    assert reasons(MaxLineLength(), texts) == [None, None, None, "longest line > 1000"]


def test_length_is_in_characters_not_bytes():
    assert reasons(MaxLineLength(limit=3), ["äöü"]) == [None]


def test_lines_that_repeat_drop_when_they_are_more_than_the_limit():
    texts = ["x\n" * 10, "x\n" * 9 + "y\n", "a\nb\n", ""]
    assert reasons(MaxRepeatedLines(limit=0.8), texts) == ["repeated lines > 80 %", None, None, None]
