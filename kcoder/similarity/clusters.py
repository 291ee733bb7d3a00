"""Clusters of near duplicates: what must stay on one side of a split."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse import csgraph

from kcoder.similarity.all_pairs import all_pairs
from kcoder.similarity.shingles import Ints


def near_clusters(texts: pl.Series, threshold: float = 0.7, n: int = 5) -> Ints:
    """For each text the place of the first text of its cluster; a text like no other is its own.

    Two texts are in one cluster where they are equal, where their shingles of n words have at least this Jaccard
    similarity, or where a chain of such pairs leads from one to the other. No pair is missed (`all_pairs`), so that
    no two clusters hold near duplicates of each other.
    """
    told = pl.DataFrame({"text": texts.fill_null("")}).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    # equal texts are one: a thousand copies would make half a million pairs
    alone = told.unique("text", keep="first", maintain_order=True)
    found = all_pairs(alone["text"], threshold, n=n)
    first = components(alone.height, found.left, found.right)
    labels = alone.with_columns(label=alone["row"].gather(first))
    labelled = told.join(labels.select("text", "label"), on="text", how="left", maintain_order="left")
    return labelled["label"].to_numpy()


def components(rows: int, left: Ints, right: Ints) -> Ints:
    """For each of so many rows the first row that it is connected with by pairs (left[i], right[i])."""
    pairs = sparse.coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(rows, rows))
    count, labels = csgraph.connected_components(pairs, directed=False)
    first = np.full(count, rows, np.int64)
    np.minimum.at(first, labels, np.arange(rows))
    of: Ints = first[labels]
    return of
