"""A sample of rows that come in batches, which holds no more than it needs."""

from __future__ import annotations

import hashlib

import polars as pl


class Draw:
    """The rows whose ids have the smallest digests: the same rows in whatever order they come, and a larger draw
    holds the smaller one. Memory holds at most twice the rows asked for, and a batch; all rows without a number."""

    def __init__(self, count: int | None, seed: int) -> None:
        self.count, self.seed = count, seed
        self.met = 0
        self._held: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        digests = [hashlib.sha256(f"{self.seed}\0{each}".encode()).digest() for each in rows["id"]]
        self._held.append(rows.with_columns(pl.Series("digest", digests, dtype=pl.Binary)))
        self.met += rows.height
        if self.count is not None and sum(held.height for held in self._held) > 2 * self.count:
            self._held = [pl.concat(self._held).bottom_k(self.count, by="digest")]

    def rows(self, count: int) -> pl.DataFrame:
        """That many rows, at most the number asked for at first, in any order."""
        return pl.concat(self._held).bottom_k(count, by="digest").drop("digest")
