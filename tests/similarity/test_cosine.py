import numpy as np
import pytest

from kcoder.similarity import cosine
from kcoder.similarity.cosine import Vectors


def near_copies(n, width, seed):
    """Unit vectors of which two thirds are more or less altered copies of the others."""
    draw = np.random.default_rng(seed)
    some = draw.standard_normal((n // 3, width))
    copies = [some + draw.uniform(0, 0.6, (n // 3, 1)) * draw.standard_normal((n // 3, width)) for _ in range(2)]
    rows = np.concatenate([some, *copies])[draw.permutation(n // 3 * 3)]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def pairs(vectors, rows, others, threshold):
    return {
        (row, other)
        for hits in vectors.above(np.array(rows), np.array(others), threshold)
        for row, other in zip(hits.row.tolist(), hits.other.tolist(), strict=True)
    }


@pytest.mark.parametrize("width", [2, 30, 64, 65, 200])
@pytest.mark.parametrize("threshold", [0.5, 0.9, 0.99])
def test_the_pairs_are_those_of_the_whole_product(width, threshold):
    rows = near_copies(120, width, seed=width)
    truth = rows.astype(np.float64) @ rows.astype(np.float64).T
    expected = {(int(a), int(b)) for a, b in zip(*np.nonzero(truth > threshold), strict=True)}
    everything = list(range(len(rows)))
    assert pairs(Vectors(rows, np.arange(len(rows))), everything, everything, threshold) == expected
    assert len(expected) > len(rows)


def test_where_many_pairs_pass_the_bound_they_are_computed_together(monkeypatch):
    rows = near_copies(120, 30, seed=1)
    everything = list(range(len(rows)))
    vectors = Vectors(rows, np.arange(len(rows)))
    monkeypatch.setattr(cosine, "CROWDED", 2)
    each = pairs(vectors, everything, everything, 0.9)
    monkeypatch.setattr(cosine, "CROWDED", 0)
    assert pairs(vectors, everything, everything, 0.9) == each
    monkeypatch.setattr(cosine, "COLUMNS", 7)
    monkeypatch.setattr(cosine, "AT_ONCE", 5)
    assert pairs(vectors, everything, everything, 0.9) == each


def test_the_threshold_itself_is_not_above_it():
    # the cosine is exactly 0.5
    rows = np.array([[1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5]], np.float32)
    vectors = Vectors(rows, np.arange(2))
    assert pairs(vectors, [0], [1], 0.5) == set()
    assert pairs(vectors, [0], [1], 0.4999999) == {(0, 1)}


def test_places_are_those_in_the_order():
    rows = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    vectors = Vectors(rows, np.array([1, 0, 2]))
    assert pairs(vectors, [0, 1, 2], [0, 1, 2], 0.9) == {(0, 0), (1, 1), (2, 2), (1, 2), (2, 1)}
    assert vectors.cosine(np.array([0, 1]), np.array([1, 2])).tolist() == [0, 1]


def test_no_vectors_have_no_pairs():
    vectors = Vectors(np.empty((0, 8), np.float32), np.empty(0, np.int64))
    assert pairs(vectors, np.empty(0, np.int64), np.empty(0, np.int64), 0.5) == set()
