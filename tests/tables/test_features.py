"""Features against their plain meaning, character by character."""

import random

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.tables.features import FEATURES, measure

SHAPE = ("characters", "lines", "average_line", "longest_line", "alphabetic")


def plainly(text):
    """The features as one would write them for a single text."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    lengths = [len(line) for line in lines]
    average = sum(lengths) / len(lengths) if lengths else 0.0
    letters = sum(map(str.isalpha, text)) / len(text) if text else 0.0
    return len(text), len(lines), average, max(lengths, default=0), letters


def test_newlines_do_not_count_and_the_last_line_needs_none():
    assert measure(pl.Series(["ab\nabcd\n", "ab\nabcd"]), SHAPE).rows() == [
        (8, 2, 3.0, 4, 6 / 8),
        (7, 2, 3.0, 4, 6 / 7),
    ]


def test_an_empty_text_has_no_line_and_no_letter():
    assert measure(pl.Series(["", "a", ""]), SHAPE).rows() == [(0, 0, 0, 0, 0), (1, 1, 1, 1, 1), (0, 0, 0, 0, 0)]


def test_an_empty_line_is_a_line():
    assert measure(pl.Series(["\n\nabc\n"]), ["lines", "average_line"]).rows() == [(3, 1.0)]


def test_a_carriage_return_belongs_to_the_newline_behind_it_only():
    names = ["average_line", "longest_line"]
    assert measure(pl.Series(["ab\r\ncd\r\n", "ab\rcd", "x\r"]), names).rows() == [(2, 2), (5, 5), (2, 2)]


def test_a_text_that_begins_with_a_newline_takes_nothing_from_the_text_before():
    assert measure(pl.Series(["a\r", "\nb"]), ["longest_line"]).rows() == [(2,), (1,)]


def test_lengths_are_characters_and_letters_are_those_of_any_script():
    assert measure(pl.Series(["été = 1\n", "变量=1", "😀😀"]), SHAPE).rows() == [
        (8, 1, 7.0, 7, 3 / 8),
        (4, 1, 4.0, 4, 2 / 4),
        (2, 1, 2.0, 2, 0.0),
    ]


def test_a_slice_of_a_longer_column_is_measured_by_itself():
    texts = pl.Series(["aaaa", "é\n1", "b"]).slice(1, 1)
    assert measure(texts, ["characters", "alphabetic"]).rows() == [(3, 1 / 3)]


def test_random_texts_have_the_features_one_would_count_by_hand():
    chance = random.Random(1)
    texts = ["".join(chance.choices("aéZ日1 \n\n\r😀", k=chance.randrange(9))) for _ in range(1000)]
    texts += [chance.choice("xé") * chance.randrange(3000) + "\r\n" for _ in range(50)]
    for got, text in zip(measure(pl.Series(texts), SHAPE).rows(), texts, strict=True):
        assert got == pytest.approx(plainly(text)), repr(text)


def test_no_texts_have_no_features_and_null_counts_as_empty():
    assert measure(pl.Series([], dtype=pl.String)).shape == (0, len(FEATURES))
    assert measure(pl.Series([None, "a"], dtype=pl.String), ["characters"]).rows() == [(0,), (1,)]


def test_letters_and_digits_are_those_of_any_script():
    assert measure(pl.Series(["a1_", "变٣!", ""]), ["alphanumeric"])["alphanumeric"].to_list() == [2 / 3, 2 / 3, 0]


def test_bytes_are_counted_in_utf_8_and_their_entropy_in_bits():
    texts = pl.Series(["é", "aabb", "aaaa", "", "abcd" * 9])
    assert measure(texts, ["bytes", "entropy"]).rows() == [(2, 1.0), (4, 1.0), (4, 0.0), (0, 0.0), (36, 2.0)]


def test_lines_that_stood_before_are_a_share_of_those_that_are_not_blank():
    texts = pl.Series(["x\n  x\n\n\ny\n", "x\ny\n", "", "\n\n", "x\r\nx\r\nx"])
    assert measure(texts, ["repeated_lines"])["repeated_lines"].to_list() == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])


def test_an_unknown_feature_is_named_with_the_nearest_one():
    with pytest.raises(UsageError, match="average_lines") as caught:
        measure(pl.Series(["a"]), ["average_lines"])
    assert "average_line?" in caught.value.hint
