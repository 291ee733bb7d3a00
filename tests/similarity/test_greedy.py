import random

import numpy as np
import pytest

from kcoder.similarity.greedy import greedy
from kcoder.similarity.minhash import Buckets


def given(similarities, rows):
    """One bucket for each pair with a similarity, and what tells it."""
    pairs = sorted(similarities)
    found = Buckets(np.repeat(np.arange(len(pairs)), 2), np.array(pairs, np.int64).ravel())

    def alike(left, right):
        return np.array([similarities[pair] for pair in zip(left.tolist(), right.tolist(), strict=True)], np.float64)

    return greedy(rows, found, alike, 0.7)


def test_what_falls_is_like_a_row_that_stays():
    stays = given({(0, 1): 0.8, (1, 2): 0.9}, 3)
    # row 2 is like row 1 alone, and row 1 has fallen
    assert stays.row.tolist() == [0, 0, 2]
    assert stays.similarity.tolist() == [1.0, 0.8, 1.0]


def test_the_most_similar_row_is_named_and_of_equals_the_first():
    assert given({(0, 2): 0.7, (1, 2): 0.9}, 3).row.tolist() == [0, 1, 1]
    assert given({(0, 2): 0.8, (1, 2): 0.8}, 3).row.tolist() == [0, 1, 0]


def test_below_the_threshold_nothing_falls():
    assert given({(0, 1): 0.69, (1, 2): 0.5}, 3).row.tolist() == [0, 1, 2]
    none = np.empty(0, np.int64)
    assert greedy(2, Buckets(none, none), lambda left, right: np.empty(0), 0.7).row.tolist() == [0, 1]


def test_a_bucket_of_equal_rows_takes_one_comparison_each():
    compared = []

    def alike(left, right):
        compared.extend(zip(left.tolist(), right.tolist(), strict=True))
        return np.ones(len(left))

    stays = greedy(1000, Buckets(np.zeros(1000, np.int64), np.arange(1000)), alike, 0.7)
    assert stays.row.tolist() == [0] * 1000
    assert len(compared) == 999


@pytest.mark.parametrize("seed", range(20))
def test_the_rounds_leave_what_a_walk_from_first_to_last_leaves(seed):
    draw = random.Random(seed)
    similarities = {
        (a, b): draw.choice([0.5, 0.7, 0.9]) for a in range(30) for b in range(a + 1, 30) if draw.random() < 0.15
    }
    kept = []
    for row in range(30):
        if not any(similarities.get((other, row), 0) >= 0.7 for other in kept):
            kept.append(row)
    stays = given(similarities, 30).row
    assert np.flatnonzero(stays == np.arange(30)).tolist() == kept
    assert all(similarities[int(stays[row]), row] >= 0.7 for row in range(30) if row not in kept)
