import random

import numpy as np
import polars as pl
import pytest

from kcoder.errors import UsageError
from kcoder.records import Document, frame
from kcoder.similarity.visit import first_of, reads, visit


def visited(rows, order):
    table = frame(Document, [{"id": i, "text": text, "stars": stars} for i, text, stars in rows]).select(*reads(order))
    return table["id"][visit(table, order)].to_list()


ROWS = [("c", "xx", None), ("b", "xxx", 5), ("a", "xx", 5), ("d", "ééé", 7)]


def test_the_smallest_id_comes_first():
    assert visited(ROWS, "first") == ["a", "b", "c", "d"]


def test_the_longest_comes_first_and_between_equals_the_smallest_id():
    assert visited(ROWS, "longest") == ["b", "d", "a", "c"]


def test_most_stars_come_first_and_unknown_ones_last():
    assert visited(ROWS, "most_stars") == ["d", "a", "b", "c"]


def test_stars_that_nobody_knows_decide_nothing():
    with pytest.raises(UsageError, match="no row tells its repository's stars"):
        visited([("a", "x", None)], "most_stars")
    assert visited([], "most_stars") == []


def test_no_row_is_no_order():
    table = pl.DataFrame(schema={"id": pl.String, "by": pl.Int64})
    assert visit(table, "longest").tolist() == []


def test_the_first_of_each_group_is_found_whoever_stands_for_it():
    rows = [(id_, "x" * length, None) for id_, length in (("c", 1), ("b", 9), ("e", 3), ("a", 1), ("d", 9), ("f", 2))]
    table = frame(Document, [{"id": i, "text": text, "stars": stars} for i, text, stars in rows])
    # c, b, a and d are a group that c stands for, f and e one that e stands for
    row, stands = np.array([1, 3, 4, 5]), np.array([0, 0, 0, 2])
    assert first_of(table.select(*reads("first")), "first", row, stands)[[0, 2]].tolist() == [3, 2]
    assert first_of(table.select(*reads("longest")), "longest", row, stands)[[0, 2]].tolist() == [1, 2]
    starred = table.with_columns(stars=pl.Series([None, 4, None, 4, 2, 0]))
    assert first_of(starred.select(*reads("most_stars")), "most_stars", row, stands)[[0, 2]].tolist() == [3, 5]
    with pytest.raises(UsageError, match="most_stars"):
        first_of(table.select(*reads("most_stars")), "most_stars", row, stands)


@pytest.mark.parametrize("order", ["first", "longest", "most_stars"])
def test_the_first_of_a_group_is_the_one_visited_first(order):
    draw = random.Random(0)
    rows = [(f"{n:02}", "x" * draw.randrange(5), draw.choice([None, 0, 1, 2])) for n in draw.sample(range(60), 60)]
    table = frame(Document, [{"id": i, "text": text, "stars": stars} for i, text, stars in rows]).select(*reads(order))
    group = [draw.randrange(8) for _ in rows]
    stands = [max(k for k in range(60) if group[k] == group[n]) for n in range(60)]
    some = np.array([n for n in range(60) if stands[n] != n])
    first = first_of(table, order, some, np.array(stands)[some])
    visited = visit(table, order).tolist()
    assert all(first[stands[n]] == next(k for k in visited if group[k] == group[n]) for n in range(60))
