import polars as pl

from kcoder.leaks.grams import distances, grams
from kcoder.leaks.tokens import Marks, code


def tokens(*texts):
    return code(pl.Series(texts), Marks("#"), depth=1)


def test_texts_that_can_be_renamed_into_each_other_have_equal_grams():
    one, other = (grams(tokens(t), 4).tolist() for t in ("a = b + a", "x = y + x"))
    assert one == other
    assert grams(tokens("a = b + b"), 4).tolist() != one


def test_a_gram_never_crosses_passages_and_0_is_none():
    found = grams(tokens("a = 1", "b = 2"), 3).tolist()
    assert [bool(each) for each in found] == [True, False, False] * 2


def test_a_name_is_as_far_as_it_last_stood():
    assert distances(tokens("a = b + a"), 5).tolist() == [0, 0, 0, 0, 4]
    assert distances(tokens("a = b + a"), 3).tolist() == [0, 0, 0, 0, 0]
