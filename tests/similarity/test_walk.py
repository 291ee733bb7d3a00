import numpy as np
import pytest

from kcoder.similarity.cosine import Vectors
from kcoder.similarity.walk import All, connected, greedy


def at(*degrees):
    """Vectors in a plane at these angles."""
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def walked(walk, rows, threshold, order=None, block=2048):
    order = np.arange(len(rows)) if order is None else np.array(order)
    known = All(len(rows))
    known.block = block
    return walk(Vectors(rows, order), threshold, known, lambda: None)


#: cos 18° is 0.951, cos 36° is 0.809
CHAIN = at(0, 18, 36)


def test_greedy_keeps_what_is_unlike_all_that_stays_and_components_keep_one_of_a_chain():
    assert walked(greedy, CHAIN, 0.95).row.tolist() == [0, 0, 2]
    assert walked(connected, CHAIN, 0.95).row.tolist() == [0, 0, 0]
    assert walked(connected, CHAIN, 0.95).similarity.round(3).tolist() == [1, 0.951, 0.809]


def test_the_order_of_the_visit_decides():
    # the middle one is visited first: both others are like it
    assert walked(greedy, CHAIN, 0.95, order=[1, 0, 2]).row.tolist() == [0, 0, 0]


@pytest.mark.parametrize("walk", [greedy, connected])
@pytest.mark.parametrize("block", [1, 2, 2048])
def test_of_twins_exactly_one_is_left(walk, block):
    twins = at(10, 80, 10, 80, 10)
    assert walked(walk, twins, 0.95, block=block).row.tolist() == [0, 1, 0, 1, 0]


def test_the_most_similar_of_those_that_stay_is_named():
    assert walked(greedy, at(0, 30, 16), 0.95).row.tolist() == [0, 1, 1]
    assert walked(greedy, at(0, 30, 14), 0.95).row.tolist() == [0, 1, 0]


def clouds(seed, n=150, width=20):
    draw = np.random.default_rng(seed)
    rows = np.repeat(draw.standard_normal((n // 5, width)), 5, axis=0) + 0.25 * draw.standard_normal((n, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)[draw.permutation(n)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("block", [16, 2048])
def test_greedy_leaves_what_a_walk_over_all_products_leaves(seed, block):
    rows = clouds(seed)
    products = rows.astype(np.float64) @ rows.astype(np.float64).T
    kept = []
    for row in range(len(rows)):
        if not (products[row, kept] > 0.93).any():
            kept.append(row)
    found = walked(greedy, rows, 0.93, block=block)
    falls = [row for row in range(len(rows)) if row not in kept]
    before = [[other for other in kept if other < row] for row in falls]
    assert np.flatnonzero(found.row == np.arange(len(rows))).tolist() == kept
    assert found.row[falls].tolist() == [
        rest[np.argmax(products[r, rest])] for r, rest in zip(falls, before, strict=True)
    ]
    assert 20 < len(falls) < 130


@pytest.mark.parametrize("block", [16, 2048])
def test_connected_groups_are_those_of_all_products(block, monkeypatch):
    rows = clouds(0)
    linked = rows.astype(np.float64) @ rows.astype(np.float64).T > 0.9
    reach = linked
    for _ in range(8):
        reach = reach @ reach
    expected = reach.argmax(axis=1).tolist()
    assert walked(connected, rows, 0.9, block=block).row.tolist() == expected
    monkeypatch.setattr("kcoder.similarity.walk.MANY", 10)
    assert walked(connected, rows, 0.9, block=block).row.tolist() == expected
