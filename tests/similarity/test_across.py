import numpy as np
import polars as pl

from kcoder.similarity.across import pairs_across

TEN = "def area(width, height): return width * height + 0 + 0"


def test_a_held_row_and_its_near_duplicate_elsewhere_are_told_with_their_similarity():
    texts = pl.Series(["something quite different here for once", TEN, "another one", TEN + " + 1"])
    held = np.array([False, False, False, True])
    # eight shingles in the one are seven of the other's and one more
    words = len(TEN.replace("(", " ").replace(",", " ").replace(")", " ").split())
    [(here, there, alike)] = pairs_across(texts, held)
    assert (here, there) == (3, 1)
    assert alike > 0.7
    assert words > 5


def test_near_duplicates_on_one_side_are_no_leak():
    texts = pl.Series([TEN, TEN, "x", "y"])
    assert pairs_across(texts, np.array([True, True, False, False])) == []
    assert pairs_across(texts, np.array([False, False, True, True])) == []
    assert pairs_across(texts, np.array([False, True, False, False])) == [(1, 0, 1.0)]
