"""How much of one data set stands in another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

#: rows of the set of the first name that the set of the second name has too
Matrix = dict[str, dict[str, int]]
#: texts, and which of them belong to the first set, to pairs (row of the first, row of the second, similarity)
Pairs = Callable[[pl.Series, Any], list[tuple[int, int, float]]]

_WHOLE = pl.concat_str("prompt", "text", separator="\n", ignore_nulls=True).alias("whole")


def exact_overlap(sets: Mapping[str, pl.DataFrame]) -> Matrix:
    """Rows whose question and answer, without white space around them, are those of a row of the other set."""
    pair = [pl.col(name).fill_null("").str.strip_chars() for name in ("prompt", "text")]
    pairs = {name: rows.select(pair) for name, rows in sets.items()}
    return {
        one: {
            other: pairs[one].join(pairs[other].unique(), on=["prompt", "text"], how="semi").height
            for other in sets
            if other != one
        }
        for one in sets
    }


def near_overlap(sets: Mapping[str, pl.DataFrame], pairs: Pairs) -> Matrix:
    """Rows that are a near duplicate of a row of the other set, by a search for all pairs across two sets."""
    whole = {name: rows.select(_WHOLE).to_series() for name, rows in sets.items()}
    found: Matrix = {name: {} for name in sets}
    for one, other in itertools.combinations(sets, 2):
        texts = pl.concat([whole[one], whole[other]])
        held = np.arange(len(texts)) < len(whole[one])
        across = pairs(texts, held)
        found[one][other] = len({left for left, _, _ in across})
        found[other][one] = len({right for _, right, _ in across})
    return found
