"""Vectors without a model: words and runs of words, hashed into a fixed number of dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.embedder import Embedder
from kcoder.host import Host
from kcoder.plugin import option

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    from kcoder.similarity.shingles import Hashes, Ints

#: texts embedded at a time
ROWS = 1024


class Hashing(Embedder):
    """Measures wording, not meaning: "sort a list" and "order the items" are strangers to it. Downloads nothing.

    Each word and each run of up to `words` words adds 1 + log(times it stands there) to one dimension, or takes it
    away (Weinberger et al. 2009): on average what falls together by chance cancels out. A text without a word gets
    the first axis. The same on every machine.
    """

    word: ClassVar[str | None] = "dimensions"

    dimensions: int = option(1024, "numbers in a vector", source="own choice", ge=2)
    words: int = option(2, "words in the longest run that counts", source="own choice", ge=1)

    def title(self) -> str:
        runs = f"runs of up to {self.words} words" if self.words > 1 else "words"
        return f"hashing of {runs} into {self.dimensions:,} dimensions (wording, not meaning)"

    def embed(self, texts: pl.Series, host: Host) -> npt.NDArray[np.float32]:
        import numpy as np

        from kcoder.similarity.shingles import flat_bytes, word_hashes

        texts = texts.fill_null("")
        made = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), ROWS):
            host.check()
            raw, bounds = flat_bytes(texts.slice(start, ROWS))
            starts, hashes = word_hashes(raw, bounds)
            made[start : start + ROWS] = self._vectors(hashes, np.diff(np.searchsorted(starts, bounds)))
        return made

    def _vectors(self, words: Hashes, counts: Ints) -> npt.NDArray[np.float32]:
        """Unit vectors of texts that have so many of the words each."""
        import numpy as np

        row, feature = self._features(words, counts)
        order = np.lexsort((feature, row))
        row, feature = row[order], feature[order]
        first = np.ones(len(row), np.bool_)
        first[1:] = (row[1:] != row[:-1]) | (feature[1:] != feature[:-1])
        times = np.diff(np.append(np.flatnonzero(first), len(row)))
        row, feature = row[first], feature[first]
        place = row * self.dimensions + (feature >> np.uint64(1)).view(np.int64) % self.dimensions
        weight = (1 + np.log(times)) * np.where(feature & np.uint64(1), 1, -1)
        flat = np.bincount(place, weight, minlength=len(counts) * self.dimensions)
        vectors = flat.reshape(len(counts), self.dimensions)
        length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors[length == 0, 0] = 1
        return (vectors / np.where(length, length, 1)[:, None]).astype(np.float32)

    def _features(self, words: Hashes, counts: Ints) -> tuple[Ints, Hashes]:
        """Each word and run of words of each text: the text's place, and a hash."""
        import numpy as np

        from kcoder.similarity.shingles import mixed

        owner = np.repeat(np.arange(len(counts)), counts)
        rows, features, runs = [owner], [words], words
        for more in range(1, self.words):
            runs = mixed(runs[:-1] * np.uint64(3) + words[more:])
            inside = owner[: len(runs)] == owner[more:]
            rows.append(owner[: len(runs)][inside])
            features.append(runs[inside])
        return np.concatenate(rows), np.concatenate(features)
