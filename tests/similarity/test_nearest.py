import random

import numpy as np
import polars as pl
import pytest

from kcoder.similarity import nearest
from kcoder.similarity.nearest import Nearest

AREA = "def area of a room is width times height and nothing else"
#: shares seven of its eight shingles with AREA; then five; then none
CLOSE, FAR, OTHER = f"{AREA} at", f"{AREA} here we say so", "all of this is quite another text about the weather"


def unit(*rows):
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def found(nearest):
    return nearest.found.sort("text", "id").select("text", "id", "jaccard", "cosine").rows()


def test_the_nearest_by_either_measure_are_kept_with_both_figures():
    near = Nearest(pl.Series([AREA]), unit([1, 0]), top=1)
    near.add(pl.Series(["close", "far", "other"]), pl.Series([CLOSE, FAR, OTHER]), unit([0, 1], [3, 4], [4, 3]))
    # AREA has 8 shingles; one more makes 9, of which 8 are shared
    assert found(near) == [(0, "close", 8 / 9, 0.0), (0, "other", 0.0, 0.8)]


def test_rows_that_share_nothing_are_no_neighbours_by_jaccard():
    near = Nearest(pl.Series([AREA]), unit([1, 0]), top=1)
    near.add(pl.Series(["a", "b"]), pl.Series([OTHER, ""]), unit([0, 1], [1, 1]))
    assert found(near) == [(0, "b", 0.0, 0.7071)]


def test_of_equal_rows_those_with_the_smallest_ids_are_kept():
    ids = [f"row {n}" for n in range(9)]
    for order in (ids, ids[::-1]):
        near = Nearest(pl.Series([AREA]), unit([1, 0]), top=2)
        for one in order:
            near.add(pl.Series([one]), pl.Series([AREA]), unit([1, 0]))
        assert [pair[1] for pair in found(near)] == ["row 0", "row 1"]


def test_a_cosine_that_float32_blurs_does_not_decide_between_rows():
    near = Nearest(pl.Series([AREA]), unit([1, 0]), top=1)
    near.add(pl.Series(["b"]), pl.Series([OTHER]), unit([1, 1e-4]))
    near.add(pl.Series(["a"]), pl.Series([OTHER]), unit([1, 2e-4]))
    assert found(near) == [(0, "a", 0.0, 1.0)]


@pytest.fixture
def made():
    """Texts and rows of 6 to 40 of a hundred words, some of them twice, with vectors of 8 dimensions."""
    chance = random.Random(3)
    words = [f"w{n}" for n in range(100)]
    base = [" ".join(chance.choices(words, k=40)) for _ in range(6)]

    def part():
        text = chance.choice(base).split()
        start = chance.randrange(30)
        return " ".join(text[start : start + chance.randrange(6, 40)])

    rows = [part() for _ in range(200)]
    vectors = np.random.default_rng(3).normal(size=(206, 8))
    vectors[50:70] = vectors[150:170]
    return base, rows, unit(*vectors[200:]), unit(*vectors[:200])


def shingles(text):
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def brute(texts, rows, of_texts, of_rows, top):
    """The same by comparing all with all, one pair after the other."""
    told = set()
    for text, of_text in zip(texts, of_texts, strict=True):
        here = shingles(text)
        pairs = []
        for number, row in enumerate(rows):
            there = shingles(row)
            cosine = round(float(of_text.astype(float) @ of_rows[number].astype(float)), 4)
            pairs.append((texts.index(text), f"{number:03}", len(here & there) / (len(here | there) or 1), cosine))
        told |= set(sorted((p for p in pairs if p[2]), key=lambda p: (-p[2], p[1]))[:top])
        told |= set(sorted(pairs, key=lambda p: (-p[3], p[1]))[:top])
    return sorted(told)


@pytest.mark.parametrize("cells", [6, 100, 1 << 21])
def test_all_are_compared_with_all_in_whatever_order_and_blocks_they_come(made, monkeypatch, cells):
    texts, rows, of_texts, of_rows = made
    monkeypatch.setattr(nearest, "CELLS", cells)
    right = brute(texts, rows, of_texts, of_rows, 3)
    assert len(right) > 20
    for seed in range(3):
        order = random.Random(seed).sample(range(200), 200)
        near = Nearest(pl.Series(texts), of_texts)
        for some in (order[:7], order[7:150], order[150:]):
            ids, told = [f"{n:03}" for n in some], [rows[n] for n in some]
            near.add(pl.Series(ids), pl.Series(told), of_rows[some])
        assert found(near) == right


def test_no_rows_and_texts_without_words_are_taken():
    near = Nearest(pl.Series(["", "?"]), unit([1, 0], [0, 1]), top=1)
    near.add(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String), np.empty((0, 2), np.float32))
    assert near.found.is_empty()
    near.add(pl.Series(["a"]), pl.Series(["a b c d e f"]), unit([1, 0]))
    assert found(near) == [(0, "a", 0.0, 1.0), (1, "a", 0.0, 0.0)]
