import numpy as np
import polars as pl
import pytest

from kcoder.similarity.minhash import EMPTY, Banding, band_keys, banding, buckets, sketches
from kcoder.similarity.shingles import Sets, shingle_sets


def two_sets(similarity, size, seed):
    """Two random sets of so many hashes together, of which they share the given part."""
    hashes = np.random.default_rng(seed).integers(0, 2**63 - 1, size)
    shared, rest = np.split(hashes, [round(similarity * size)])
    one, other = np.concatenate([shared, rest[::2]]), np.concatenate([shared, rest[1::2]])
    return Sets(np.concatenate([np.sort(one), np.sort(other)]), np.cumsum([0, len(one), len(other)]))


@pytest.mark.parametrize("size", [10, 60, 300, 5000])
def test_places_of_two_sketches_are_equal_as_often_as_the_sets_are_similar(size):
    equal = [np.equal(*sketches(two_sets(0.7, size, seed), 128)).mean() for seed in range(60)]
    # of 60 x 128 places: four standard errors, were they independent
    assert abs(np.mean(equal) - 0.7) < 4 * np.sqrt(0.7 * 0.3 / len(equal) / min(size, 128))


def test_no_place_of_a_set_is_empty_and_all_of_an_empty_one_are():
    made = sketches(shingle_sets(pl.Series(["one", "", "a b c d e f g"]), 2), 64)
    assert (made[[0, 2]] != EMPTY).all()
    assert (made[1] == EMPTY).all()


def test_equal_sets_have_equal_sketches_whatever_stands_beside_them():
    alone = sketches(shingle_sets(pl.Series(["x y z"]), 1), 128)
    among = sketches(shingle_sets(pl.Series(["a", "x y z", "b c d e"]), 1), 128)
    assert np.array_equal(alone[0], among[1])


def test_the_banding_favours_candidates_since_they_are_verified():
    split = banding(0.7, 128)
    assert split == Banding(bands=21, rows=6)
    assert split.caught(0.7) == pytest.approx(1 - (1 - 0.7**6) ** 21)
    assert split.caught(0.8) > 0.99
    assert split.caught(0.3) < 0.02


@pytest.mark.parametrize(("threshold", "permutations"), [(0.5, 64), (0.7, 256), (0.95, 128), (1.0, 64)])
def test_the_bands_fit_into_the_sketch(threshold, permutations):
    split = banding(threshold, permutations)
    assert 1 <= split.bands * split.rows <= permutations
    assert split.caught(min(threshold + 0.05, 1.0)) > 0.9


def test_rows_with_an_equal_band_share_a_bucket():
    keys = np.array([[1, 5], [2, 6], [1, 6], [3, 7], [1, 8]], np.uint64)
    found = buckets(keys, np.ones(5, np.bool_))
    assert list(zip(found.bucket.tolist(), found.row.tolist(), strict=True)) == [(1, 0), (1, 2), (1, 4), (2, 1), (2, 2)]
    found = buckets(keys, np.array([True, True, False, True, True]))
    assert list(zip(found.bucket.tolist(), found.row.tolist(), strict=True)) == [(1, 0), (1, 4)]


def test_a_band_has_a_key_of_its_own_values():
    made = np.array([[1, 2, 3, 4, 9], [1, 2, 4, 3, 8]])
    keys = band_keys(made, Banding(bands=2, rows=2))
    assert keys.shape == (2, 2)
    assert keys[0, 0] == keys[1, 0]
    assert keys[0, 1] != keys[1, 1]
