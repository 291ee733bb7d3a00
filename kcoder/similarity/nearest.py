"""The rows most like each of a few texts, in one pass over any number of rows.

Each text keeps the rows of highest Jaccard similarity and those of highest cosine seen so far, and both figures of
each of them. The search is exact: every row is compared with every text. Memory holds the texts and one block.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from kcoder.similarity.shingles import Ints, Sets, shingle_sets

Floats = npt.NDArray[np.float32]
Figures = npt.NDArray[np.float64]

#: figures of one kind computed together, rows times texts
CELLS = 1 << 21
#: places of a cosine that are told: those after them depend on which texts an embedder saw together
DIGITS = 4
#: how far a cosine may be off before it is computed again in float64 and rounded
DOUBT = 2 * 10**-DIGITS
#: places of the table that says which shingles may belong to a text
SIEVE = 1 << 22
MEASURES = ("jaccard", "cosine")


class Nearest:
    """`add` rows as often as there are some, then look at `found`. The order they come in changes nothing."""

    def __init__(self, texts: pl.Series, vectors: Floats, *, shingle: int = 5, top: int = 3) -> None:
        """`vectors` are the unit vectors of the texts, shape (texts, dimensions). Of each text, by each measure, the
        `top` rows are kept."""
        self.shingle, self.top = shingle, top
        self._vectors = vectors
        sets = shingle_sets(texts, shingle)
        self._sizes = sets.sizes
        self._known, place = np.unique(sets.flat, return_inverse=True)
        self._sieve = np.zeros(SIEVE, np.bool_)
        self._sieve[self._known & (SIEVE - 1)] = True
        self._texts = _matrix(place, sets.bounds, len(self._known))
        #: the figures a row needs to be among the `top` of each text; without a common shingle nothing is alike
        self._least = {"jaccard": np.full(len(texts), np.finfo(np.float64).tiny), "cosine": np.full(len(texts), -2.0)}
        schema = {"text": pl.Int64, "id": pl.String} | dict.fromkeys(MEASURES, pl.Float64)
        #: text (its number), id, jaccard, cosine of the pairs found so far: a row for each text and row once
        self.found = pl.DataFrame(schema=schema)

    def add(self, ids: pl.Series, texts: pl.Series, vectors: Floats) -> None:
        """Compare these rows with every text. Of rows with equal figures the one with the smallest id is nearest."""
        sets = shingle_sets(texts, self.shingle)
        step = max(CELLS // len(self._sizes), self.top)
        for start in range(0, len(ids), step):
            rows = np.arange(start, min(start + step, len(ids)))
            jaccard, cosine = self._jaccard(sets.take(rows)), self._vectors @ vectors[rows].T
            near = np.concatenate([self._near("jaccard", jaccard, 0.0), self._near("cosine", cosine, DOUBT)])
            text, row = np.divmod(np.unique(near), len(rows))
            told = {"text": text, "id": ids[rows[row]], "jaccard": jaccard[text, row]}
            self._keep(pl.DataFrame(told | {"cosine": self._cosine(text, vectors[rows], row)}))

    def _jaccard(self, rows: Sets) -> Figures:
        """The similarity of each text and each of these rows."""
        some = np.flatnonzero(self._sieve[rows.flat & (SIEVE - 1)])
        place = np.searchsorted(self._known, rows.flat[some])
        place[place == len(self._known)] = 0
        there = self._known[place] == rows.flat[some]
        matrix = _matrix(place[there], np.searchsorted(some[there], rows.bounds), len(self._known))
        shared = (self._texts @ matrix.T).toarray()
        either = self._sizes[:, None] + rows.sizes - shared
        return np.asarray(shared / np.maximum(either, 1), np.float64)

    def _near(self, measure: str, figures: Figures | Floats, doubt: float) -> Ints:
        """The places, in the flattened table, of figures that may be among the highest of their text."""
        least = self._least[measure]
        texts = np.flatnonzero(figures.max(axis=1) >= least - doubt)
        figures, least = figures[texts], least[texts]
        if figures.shape[1] >= self.top:
            least = np.maximum(least, np.partition(figures, -self.top, axis=1)[:, -self.top])
        text, row = np.nonzero(figures >= (least - doubt)[:, None])
        return np.asarray(texts[text] * figures.shape[1] + row, np.int64)

    def _cosine(self, text: Ints, vectors: Floats, row: Ints) -> Figures:
        """The cosine of each pair, to so many places that nothing but the two vectors decides them."""
        made = np.empty(len(text))
        for start in range(0, len(text), 4096):
            some = slice(start, start + 4096)
            made[some] = np.einsum("ij,ij->i", self._vectors[text[some]], vectors[row[some]], dtype=np.float64)
        return made.round(DIGITS)

    def _keep(self, pairs: pl.DataFrame) -> None:
        """Put the pairs among those found, and drop what is no longer among the highest of its text."""
        if pairs.is_empty():
            return
        found, place = pl.concat([self.found, pairs]), pl.int_range(pl.len()).over("text")
        for measure in MEASURES:
            found = found.sort("text", measure, "id", descending=[False, True, False])
            found = found.with_columns(place.alias(f"by {measure}"))
            last = found.filter(pl.col(f"by {measure}") == self.top - 1)
            least = self._least[measure]
            least[last["text"]] = np.maximum(least[last["text"]], last[measure])
        alike = (pl.col("by jaccard") < self.top) & (pl.col("jaccard") > 0)
        self.found = found.filter(alike | (pl.col("by cosine") < self.top)).drop("by jaccard", "by cosine")


def _matrix(columns: Ints, bounds: Ints, width: int) -> sparse.csr_array:
    """A line for each set, with a one in the columns of its shingles."""
    return sparse.csr_array((np.ones(len(columns), np.int32), columns, bounds), shape=(len(bounds) - 1, width))
