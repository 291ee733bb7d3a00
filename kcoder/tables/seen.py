"""Which names were met before, in whatever number, by a digest of each."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import polars as pl


class Seen:
    """16 bytes of blake2b a name, where a set of Python's takes 130 and more.

    Two of a billion names have the same digest with a chance of 10⁻²¹: a name that is told as met before was met.
    """

    def __init__(self) -> None:
        #: sorted, each at least twice as long as the next
        self._runs: list[npt.NDArray[np.bytes_]] = []

    def fresh(self, names: pl.Series) -> pl.Series:
        """Whether each name is met for the first time, here or in an earlier call. Null is no name, and never is."""
        told = names.drop_nulls()
        digests = np.array([hashlib.blake2b(n.encode(), digest_size=16).digest() for n in told], "S16")
        kinds, first = np.unique(digests, return_index=True)
        new = np.ones(len(kinds), np.bool_)
        for run in self._runs:
            new &= run[np.minimum(np.searchsorted(run, kinds), len(run) - 1)] != kinds
        self._keep(kinds[new])
        found = np.zeros(len(names), np.bool_)
        found[np.flatnonzero(names.is_not_null().to_numpy())[first[new]]] = True
        return pl.Series(found, dtype=pl.Boolean)

    def _keep(self, run: npt.NDArray[np.bytes_]) -> None:
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
            run.sort(kind="stable")  # merges what is sorted
        if len(run):
            self._runs.append(run)
