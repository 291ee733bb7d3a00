import random

import numpy as np
import polars as pl
import pytest

from kcoder.similarity import twins as module
from kcoder.similarity.twins import alike, hash_of, twins


def groups(rows, hashes=None):
    """Each group of equal rows of two and more, as told by pairs of a row and the one that stands for it."""
    if hashes is None:
        hashes = rows.select(hash_of(rows.columns)).to_series().to_numpy()
    row, stands = twins(rows, hashes)
    assert len(set(row.tolist())) == len(row)
    assert not set(row.tolist()) & set(stands.tolist())
    found = {}
    for one, other in zip(row.tolist(), stands.tolist(), strict=True):
        found.setdefault(other, {other}).add(one)
    return sorted(sorted(group) for group in found.values())


def test_equal_rows_are_a_group():
    assert groups(pl.DataFrame({"text": ["x", "y", "x", "z", "y", "x"]})) == [[0, 2, 5], [1, 4]]


def test_every_column_has_to_be_equal_and_null_equals_null():
    rows = pl.DataFrame({"prompt": ["a", "b", None, None, "a", ""], "text": ["x"] * 6})
    assert groups(rows) == [[0, 4], [2, 3]]
    assert groups(
        pl.DataFrame({"prompt": [None, None], "text": ["x", "x"]}, schema_overrides={"prompt": pl.String})
    ) == [[0, 1]]


@pytest.mark.parametrize("room", [1, 2, 8])
def test_the_groups_are_those_of_a_dictionary(room, monkeypatch):
    monkeypatch.setattr(module, "ROOM", room)
    draw = random.Random(0)
    texts = [f"{draw.randrange(400)}" for _ in range(1000)]
    places = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    assert groups(pl.DataFrame({"text": texts})) == sorted(group for group in places.values() if len(group) > 1)


def test_different_texts_with_one_hash_are_no_twins():
    rows = pl.DataFrame({"text": ["x", "y", "x", "z", "y"]})
    assert groups(rows, np.zeros(5, np.uint64)) == [[0, 2], [1, 4]]


def test_alike_are_the_places_of_one_hash_and_one_of_them_stands_for_each_group():
    draw = random.Random(0)
    # the highest bits are equal: all of them fall together more than once
    hashes = np.array([draw.randrange(300) for _ in range(1000)], np.uint64)
    row, stands = alike(hashes)
    assert (hashes[row] == hashes[stands]).all()
    assert len(row) == 1000 - len(set(hashes.tolist()))
    assert not set(row.tolist()) & set(stands.tolist())


def test_rows_that_differ_under_one_hash_are_compared_among_themselves():
    prompts = [f"{n % 37}" for n in range(500)]
    rows = pl.DataFrame({"prompt": prompts, "text": ["same"] * 500})
    text_alone = rows.select(hash_of(["text"])).to_series().to_numpy()
    assert groups(rows, text_alone) == sorted(list(range(first, 500, 37)) for first in range(37))


def test_no_row_is_no_twin():
    assert groups(pl.DataFrame({"text": []}, schema={"text": pl.String})) == []
    assert groups(pl.DataFrame({"text": ["x"]})) == []
