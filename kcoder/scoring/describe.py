"""A column of numbers in a few: mean with interval, median, 95th percentile, greatest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from kcoder.scoring.intervals import Mean, mean, ratio

Description = dict[str, Any]


def describe(values: pl.Series) -> Description | None:
    """n, mean, low, high (bootstrap 95 %), median, p95 (linear interpolation), max. None where no value is known."""
    told = values.drop_nulls().cast(pl.Float64)
    found = mean(told)
    return _described(found, told) if found else None


def describe_groups(groups: Sequence[Sequence[float]]) -> Description | None:
    """The same of all values in groups, and how many groups have any; n counts values. Groups are drawn again whole."""
    told = [each for each in groups if each]
    found = ratio(map(sum, told), map(len, told))
    if found is None:
        return None
    values = pl.Series([value for each in told for value in each], dtype=pl.Float64)
    alike = values.n_unique() == 1
    return _described(replace(found, interval=None) if alike else found, values) | {"n": len(values), "groups": found.n}


def _described(found: Mean, told: pl.Series) -> Description:
    low, high = found.interval or (None, None)
    return {
        "n": found.n,
        "mean": found.value,
        "low": low,
        "high": high,
        "median": told.median(),
        "p95": told.quantile(0.95, "linear"),
        "max": told.max(),
    }
