"""Rows that are equal, text by text: a hash finds them, the comparison of the texts decides."""

from __future__ import annotations

from functools import reduce
from operator import xor

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

#: places of the table for each row
ROOM = 2
_ODD = np.uint64(0x9E3779B97F4A7C15)


def hash_of(columns: list[str], seed: int = 0) -> pl.Expr:
    """One hash of several columns. It differs between versions of polars: good for finding, not for keeping."""
    return reduce(xor, (pl.col(name).hash(seed + number) for number, name in enumerate(columns)))


def twins(rows: pl.DataFrame, hashes: Hashes) -> tuple[Ints, Ints]:
    """Rows all of whose columns equal those of another: their places, and for each the place of the row that stands
    for its group, which is not among them. `hashes` is `hash_of` the columns or some of them; null equals null. The
    columns are best in one piece (`rechunk`).

    Rows fall by their hash into the places of a table, where the first one stays. What equals the one that stayed is
    its twin; what fell together by chance falls again, into another table. That takes half of a sort's time (measured).
    """
    columns = [column for column in rows if column.null_count() < rows.height]
    numbers = here = np.arange(rows.height, dtype=np.int32)
    found, seed = [(np.empty(0, np.int32),) * 2], 0
    while here.size:
        bits = max(int(ROOM * here.size - 1).bit_length(), 1)
        places = (hashes >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.int32)
        table[places[::-1]] = numbers[: len(here)][::-1]  # of several the last one written, which is the first row
        stays = table[places]
        beaten = np.flatnonzero(stays != numbers[: len(here)])
        stays = stays[beaten]
        alike = hashes[beaten] == hashes[stays]
        one, other = here[beaten[alike]], here[stays[alike]]
        equal = np.ones(len(one), np.bool_)
        for column in columns:
            equal &= column.gather(one).eq_missing(column.gather(other)).to_numpy()
        found.append((one[equal], other[equal]))
        if equal.all():
            beaten = beaten[~alike]
            here, hashes = here[beaten], hashes[beaten] * _ODD
        else:
            # different rows have one hash
            alike[alike] = equal
            here, seed = here[beaten[~alike]], seed + rows.width
            hashes = rows[here].select(hash_of(rows.columns, seed)).to_series().to_numpy()
    row, stands = (np.concatenate(part).astype(np.int64) for part in zip(*found, strict=True))
    return row, stands
