import numpy as np
import polars as pl

from kcoder.leaks.grams import grams
from kcoder.leaks.tiling import Text, Tile, Tiling, runs
from kcoder.leaks.tokens import Marks, code

ONE = "total = 0\nfor item in items:\n    total += item\nprint(total)\n"


def laid(left, right, n=4):
    tokens = code(pl.Series([left, right]), Marks("#"), depth=1)
    found, cut = grams(tokens, n), tokens.bounds[1]
    tiling = Tiling(Text(tokens.name[:cut], tokens.value[:cut]), Text(tokens.name[cut:], tokens.value[cut:]))
    tiling.lay(runs(found[:cut], found[cut:], n), n)
    return tiling


def test_a_renamed_copy_is_covered_in_one_piece():
    tiling = laid(ONE, ONE.replace("total", "s").replace("items", "rows"))
    assert tiling.covered.all()
    assert len(tiling.tiles) == 1


def test_two_names_cannot_become_one():
    assert not laid("a = b + c * a - b\n", "a = b + b * a - b\n").covered.all()


def test_pieces_may_stand_in_another_order_and_what_stands_between_is_counted():
    first, second = "x = [y for y in z if y]\n", "print(len(x) + 1, x[0])\n"
    tiling = laid(first + second, second + first)
    assert len(tiling.tiles) == 2
    assert tiling.gaps(3) == 0


def test_runs_are_the_longest():
    left, right = np.array([5, 6, 0], np.uint64), np.array([0, 5, 6], np.uint64)
    assert runs(left, right, 3) == [Tile(0, 1, 4)]
