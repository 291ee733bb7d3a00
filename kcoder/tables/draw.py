"""A sample of rows that come in batches, which holds no more than it needs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import polars as pl

from kcoder.records import Document
from kcoder.tables import writing

Digests = npt.NDArray[np.bytes_]


class Draw:
    """The rows whose ids have the smallest digests: the same rows in whatever order they come, and a larger draw
    holds the smaller one. Memory holds at most twice the rows asked for, and a batch; all rows without a number."""

    def __init__(self, count: int | None, seed: int) -> None:
        self.count, self.seed = count, seed
        self.met = 0
        self._held: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        self._held.append(rows.with_columns(pl.Series("digest", _digests(rows["id"], self.seed), dtype=pl.Binary)))
        self.met += rows.height
        if self.count is not None and sum(held.height for held in self._held) > 2 * self.count:
            self._held = [pl.concat(self._held).bottom_k(self.count, by="digest")]

    def rows(self, count: int) -> pl.DataFrame:
        """That many rows, at most the number asked for at first, in any order."""
        return pl.concat(self._held).bottom_k(count, by="digest").drop("digest")


def share_out(
    rows: Iterable[pl.DataFrame],
    column: str,
    kinds: Iterable[str],
    seed: int,
    counts: Callable[[Mapping[str, int]], Mapping[str, int]],
    folder: Path,
) -> Iterator[pl.DataFrame]:
    """As many documents of each kind as `counts` says, once it knows how many there are; drawn as by `Draw`, in the
    order in which they came. `column` tells the kind.

    Until all are counted they lie in a file in the folder: memory holds some batches, and 16 bytes a row.
    """
    met: dict[str, list[Digests]] = {kind: [] for kind in kinds}
    with TemporaryDirectory(dir=folder) as aside:
        file = Path(aside) / "met.parquet"
        with writing.writing(file, Document) as write:
            for batch in rows:
                write(batch)
                digests = _short(batch, seed)
                for kind, held in met.items():
                    held.append(digests[_are(batch[column], kind)])
        wanted = counts({kind: sum(map(len, held)) for kind, held in met.items()})
        last = {kind: np.sort(np.concatenate(met.pop(kind)))[count - 1] for kind, count in wanted.items() if count}
        for batch in writing.batches(file):
            digests = _short(batch, seed)
            taken = [_are(batch[column], kind) & (digests <= limit) for kind, limit in last.items()]
            yield batch.filter(np.logical_or.reduce(taken))


def _are(kinds: pl.Series, kind: str) -> npt.NDArray[np.bool_]:
    return (kinds == kind).fill_null(False).to_numpy()


def _digests(ids: pl.Series, seed: int) -> list[bytes]:
    return [hashlib.sha256(f"{seed}\0{each}".encode()).digest() for each in ids]


def _short(rows: pl.DataFrame, seed: int) -> Digests:
    """Enough of each digest to tell billions of rows apart."""
    return np.array([digest[:16] for digest in _digests(rows["id"], seed)], "S16")
