import numpy as np

from kcoder.similarity.cells import Cells, recall
from kcoder.similarity.cosine import Vectors
from kcoder.similarity.walk import All, connected, greedy


def families(count, width=32, members=3):
    draw = np.random.default_rng(0)
    rows = np.repeat(draw.standard_normal((count, width)), members, axis=0)
    rows = rows + 0.15 * draw.standard_normal(rows.shape)
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)[draw.permutation(len(rows))]
    return Vectors(rows, np.arange(len(rows)))


def walked(walk, vectors, known):
    known.block = 50
    return walk(vectors, 0.95, known, lambda: None).row


def test_with_every_cell_probed_the_search_is_exact():
    vectors = families(100)
    for walk in (greedy, connected):
        exact = walked(walk, vectors, All(300))
        assert walked(walk, vectors, Cells(vectors, probes=1000)).tolist() == exact.tolist()
        assert (exact != np.arange(300)).sum() > 100


def test_what_falls_is_above_the_threshold_and_what_is_missed_is_counted():
    vectors = families(100)
    exact, few = walked(greedy, vectors, All(300)), walked(greedy, vectors, Cells(vectors, probes=1))
    falls = np.flatnonzero(few != np.arange(300))
    assert (vectors.cosine(falls, few[falls]) > 0.95).all()
    assert recall(vectors, exact, 0.95, 300) == ((exact != np.arange(300)).sum(), 0)
    found, missed = recall(vectors, few, 0.95, 300)
    assert found == len(falls)
    assert missed > 0
    # what an exact search lets fall is found or missed
    assert abs(found + missed - (exact != np.arange(300)).sum()) <= 3


def test_of_components_a_pair_with_a_fallen_row_counts_too():
    angle = np.radians([0, 15, 30])
    vectors = Vectors(np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32), np.arange(3))
    missing_one = np.array([0, 0, 2])
    assert recall(vectors, missing_one, 0.95, 3) == (1, 0)
    assert recall(vectors, missing_one, 0.95, 3, fallen_too=True) == (1, 1)


def test_a_sample_is_spread_over_all():
    vectors = families(100)
    found, missed = recall(vectors, np.zeros(300, np.int64), 0.95, 11)
    assert (found, missed) == (10, 0)
