"""Features against their plain meaning, character by character."""

import random

import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.tables.features import measure


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
    assert measure(pl.Series(["ab\nabcd\n", "ab\nabcd"])).rows() == [
        (8, 2, 3.0, 4, 6 / 8),
        (7, 2, 3.0, 4, 6 / 7),
    ]


def test_an_empty_text_has_no_line_and_no_letter():
    assert measure(pl.Series(["", "a", ""])).rows() == [(0, 0, 0, 0, 0), (1, 1, 1, 1, 1), (0, 0, 0, 0, 0)]


def test_an_empty_line_is_a_line():
    assert measure(pl.Series(["\n\nabc\n"]), ["lines", "average_line"]).rows() == [(3, 1.0)]


def test_a_carriage_return_belongs_to_the_newline_behind_it_only():
    names = ["average_line", "longest_line"]
    assert measure(pl.Series(["ab\r\ncd\r\n", "ab\rcd", "x\r"]), names).rows() == [(2, 2), (5, 5), (2, 2)]


def test_a_text_that_begins_with_a_newline_takes_nothing_from_the_text_before():
    assert measure(pl.Series(["a\r", "\nb"]), ["longest_line"]).rows() == [(2,), (1,)]


def test_lengths_are_characters_and_letters_are_those_of_any_script():
    assert measure(pl.Series(["été = 1\n", "变量=1", "😀😀"])).rows() == [
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
    for got, text in zip(measure(pl.Series(texts)).rows(), texts, strict=True):
        assert got == pytest.approx(plainly(text)), repr(text)


def test_no_texts_have_no_features_and_null_counts_as_empty():
    assert measure(pl.Series([], dtype=pl.String)).shape == (0, 5)
    assert measure(pl.Series([None, "a"], dtype=pl.String), ["characters"]).rows() == [(0,), (1,)]


def test_an_unknown_feature_is_named_with_the_nearest_one():
    with pytest.raises(UsageError, match="average_lines") as caught:
        measure(pl.Series(["a"]), ["average_lines"])
    assert "average_line?" in caught.value.hint
