import numpy as np

from kcoder.similarity.parts import parts


def test_the_parts_are_all_of_the_work_in_order():
    assert list(parts(np.array([3, 3, 3, 3, 3]), 7)) == [(0, 2), (2, 4), (4, 5)]


def test_an_item_heavier_than_a_part_is_one_with_what_came_before_at_most():
    assert list(parts(np.array([1, 50, 1, 1]), 10)) == [(0, 1), (1, 4)]


def test_no_work_is_one_empty_part():
    assert list(parts(np.empty(0, np.int64), 10)) == [(0, 0)]
