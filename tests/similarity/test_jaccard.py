import random

import numpy as np
import polars as pl

from kcoder.similarity import jaccard as module
from kcoder.similarity.jaccard import Jaccard
from kcoder.similarity.shingles import shingle_sets


def similarity(one, two, n=1):
    sets = shingle_sets(pl.Series([one, two]), n)
    return float(Jaccard(sets).similarity(np.array([0]), np.array([1]))[0])


def test_the_similarity_is_the_shared_part_of_all():
    assert similarity("a b c d", "c d e") == 2 / 5
    assert similarity("a b", "a b") == 1
    assert similarity("a b", "c") == 0


def test_shingles_of_five_words_lose_five_where_one_word_changes():
    # eleven words have seven shingles; the sixth word stands in five of them, so 2 of 12 are shared
    assert similarity("a b c d e f g h i j k", "a b c d e X g h i j k", n=5) == 2 / 12


def test_seven_of_ten_reaches_a_threshold_of_seven_tenths():
    assert similarity("a b c d e f g h", "a b c d e f g i j") >= 0.7


def test_two_empty_texts_are_not_alike():
    assert similarity("", "") == 0


def test_many_pairs_are_compared_in_parts(monkeypatch):
    texts = pl.Series([" ".join(str(k) for k in range(n, n + 9)) for n in range(30)])
    sets = shingle_sets(texts, 1)
    left, right = np.triu_indices(30, 1)
    monkeypatch.setattr(module, "AT_ONCE", 50)
    assert Jaccard(sets).overlap(left, right).tolist() == np.maximum(9 - (right - left), 0).tolist()


def test_no_pair_has_no_similarity():
    none = np.empty(0, np.int64)
    assert Jaccard(shingle_sets(pl.Series(["a"]))).similarity(none, none, 0.7).tolist() == []


def test_what_a_least_similarity_rules_out_is_zero_and_the_rest_is_as_without_it():
    draw = random.Random(0)
    words = [[str(draw.randrange(400)) for _ in range(draw.randrange(5, 300))] for _ in range(40)]
    texts = [" ".join(some) for some in words] + [" ".join(some[: len(some) * 3 // 4]) for some in words]
    compared = Jaccard(shingle_sets(pl.Series(texts), 1))
    left, right = np.triu_indices(80, 1)
    every = compared.similarity(left, right)
    for least in (0.3, 0.5, 0.7, 1.0):
        told = compared.similarity(left, right, least)
        assert (every >= least).any() or least == 1.0
        assert told[every >= least].tolist() == every[every >= least].tolist()
        assert (told[every < least] < least).all()
        assert (told == 0).sum() > (every == 0).sum()
