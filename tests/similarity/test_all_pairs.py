import random
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from kcoder.similarity import all_pairs as module
from kcoder.similarity.all_pairs import all_pairs


def families(seed, count=60):
    """Texts of few words, many of them made from one another."""
    draw = random.Random(seed)
    texts = [[draw.choice("abcdefgh") for _ in range(draw.randrange(40))] for _ in range(10)]
    while len(texts) < count:
        copy = list(draw.choice(texts))
        for _ in range(draw.randrange(4)):
            if copy:
                copy[draw.randrange(len(copy))] = draw.choice("abcdefghij")
        texts.append(copy)
    return [" ".join(words) for words in texts]


def brute_force(texts, threshold, n):
    def grams(text):
        words = text.split()
        return {tuple(words[k : k + n]) for k in range(max(len(words) - n + 1, 1))} if words else set()

    sets = [grams(text) for text in texts]
    for a, b in combinations(range(len(texts)), 2):
        if sets[a] | sets[b] and len(sets[a] & sets[b]) / len(sets[a] | sets[b]) >= threshold:
            yield a, b, len(sets[a] & sets[b]) / len(sets[a] | sets[b])


def triples(found):
    return list(zip(found.left.tolist(), found.right.tolist(), found.jaccard.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_no_pair_is_missed_and_none_is_made_up(seed):
    texts = families(seed)
    for threshold, n in ((0.5, 2), (0.7, 1), (0.7, 5), (0.9, 3), (1.0, 2)):
        expected = list(brute_force(texts, threshold, n))
        assert triples(all_pairs(pl.Series(texts), threshold, n=n)) == expected
        assert len(expected) > 5


def test_only_pairs_with_one_row_held_are_wanted():
    texts = families(0)
    held = np.arange(60) % 3 == 0
    expected = [pair for pair in brute_force(texts, 0.7, 2) if held[pair[0]] != held[pair[1]]]
    assert expected
    assert triples(all_pairs(pl.Series(texts), 0.7, held, 2)) == expected


def test_a_small_table_of_counts_and_small_parts_lose_nothing(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_TABLE", 4)
    monkeypatch.setattr(module, "AT_ONCE", 3)
    texts = families(1)
    assert triples(all_pairs(pl.Series(texts), 0.7, n=2)) == list(brute_force(texts, 0.7, 2))


def test_nothing_is_alike_in_nothing():
    assert triples(all_pairs(pl.Series([], dtype=pl.String), 0.7)) == []
    assert triples(all_pairs(pl.Series(["", "", None, "()"]), 0.7)) == []
