import random

import numpy as np
import polars as pl

from kcoder.similarity.clusters import components, near_clusters

#: of ten words each; a and b share eight of twelve, b and c too, a and c six of fourteen
A, B, C = "0 1 2 3 4 5 6 7 8 9", "2 3 4 5 6 7 8 9 10 11", "4 5 6 7 8 9 10 11 12 13"


def clusters(*texts, threshold=0.6, n=1):
    return near_clusters(pl.Series(texts, dtype=pl.String), threshold, n).tolist()


def test_the_label_is_the_place_of_the_first_member():
    assert clusters("x", A, "y", B, "x") == [0, 1, 2, 1, 0]


def test_a_chain_is_one_cluster():
    assert clusters(A, C) == [0, 1]
    assert clusters(A, C, B) == [0, 0, 0]


def test_equal_texts_are_together_even_where_they_have_no_word():
    assert clusters("", "{}", "", None, "{}") == [0, 1, 0, 0, 1]


def test_the_order_of_rows_changes_no_cluster():
    texts = [" ".join(str(k) for k in range(n, n + 10)) for n in (*range(0, 40, 2), *range(100, 130, 9))]
    expected = {frozenset(np.array(texts)[np.array(clusters(*texts)) == label]) for label in clusters(*texts)}
    assert 1 < len(expected) < len(texts)
    random.Random(0).shuffle(texts)
    again = clusters(*texts)
    assert {frozenset(np.array(texts)[np.array(again) == label]) for label in again} == expected


def test_rows_without_pairs_are_their_own_component():
    none = np.empty(0, np.int64)
    assert components(3, none, none).tolist() == [0, 1, 2]
    assert components(5, np.array([3, 1]), np.array([4, 3])).tolist() == [0, 1, 2, 1, 1]
