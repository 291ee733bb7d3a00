"""What goes with the rows that a step drops."""

from __future__ import annotations

from collections import Counter

import polars as pl


def characters_lost(dropped: pl.DataFrame) -> Counter[str]:
    """Characters of the texts of dropped rows, by the reason they were dropped for: columns text and reason."""
    lost = dropped.group_by("reason").agg(pl.col("text").str.len_chars().sum())
    return Counter(dict(lost.iter_rows()))
