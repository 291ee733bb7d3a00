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


def twins(rows: pl.DataFrame, hashes: Hashes, seed: int = 0) -> tuple[Ints, Ints]:
    """Rows all of whose columns equal those of another: their places, and for each the place of the row that stands
    for its group, which is not among them. `hashes` is `hash_of` the columns or some of them, with this `seed`; null
    equals null. The columns are best in one piece (`rechunk`).
    """
    row, stands = alike(hashes)
    equal = np.ones(len(row), np.bool_)
    for column in rows:
        if column.null_count() < rows.height:
            equal &= column.gather(row).eq_missing(column.gather(stands)).to_numpy()
    if equal.all():
        return row, stands
    # different rows have one hash: those may equal each other, not the row that stood for them
    rest, seed = row[~equal], seed + rows.width
    others = rows[rest]
    found = twins(others, others.select(hash_of(rows.columns, seed)).to_series().to_numpy(), seed)
    return np.concatenate([row[equal], rest[found[0]]]), np.concatenate([stands[equal], rest[found[1]]])


def alike(hashes: Hashes) -> tuple[Ints, Ints]:
    """Places whose hash another one has, and for each the place that stands for its group and is not among them.

    Hashes fall into the places of a table, where the last one stays. One that equals the one that stayed is found;
    what fell together by chance falls again, into another table. That takes a quarter of a sort's time (measured).
    """
    numbers = here = np.arange(hashes.size, dtype=np.int32)
    found = [(here[:0], here[:0])]
    while hashes.size:
        bits = max(int(ROOM * hashes.size - 1).bit_length(), 1)
        places = (hashes >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.int32)
        table[places] = numbers[: hashes.size]  # of several the last one written stays
        stays = table[places]
        beaten = np.flatnonzero(stays != numbers[: hashes.size])
        stays, own = stays[beaten], hashes[beaten]
        same = own == hashes[stays]
        found.append((here[beaten[same]], here[stays[same]]))
        here, hashes = here[beaten[~same]], own[~same] * _ODD
    row, stands = (np.concatenate(part).astype(np.int64) for part in zip(*found, strict=True))
    return row, stands
