"""A column of numbers in a few: mean with interval, median, 95th percentile, greatest."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcoder.scoring.intervals import mean

Description = dict[str, Any]


def describe(values: pl.Series) -> Description | None:
    """n, mean, low, high (bootstrap 95 %), median, p95 (linear interpolation), max. None where no value is known."""
    told = values.drop_nulls().cast(pl.Float64)
    found = mean(told)
    if found is None:
        return None
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
