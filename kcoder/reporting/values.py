"""Measures of data sets as people read them, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def spanned(found: Mapping[str, Any]) -> str:
    """`4.57 [4.19, 5.00]`; without an interval the mean alone, and ∞ for an upper end without bound."""
    low, high = found["low"], found["high"]
    if low is None and high is None:
        return number(found["mean"])
    return f"{number(found['mean'])} [{number(low)}, {'∞' if high is None else number(high)}]"


def number(value: float | None) -> str:
    """4.57, 30.39, 194, 2,017; whole numbers whole, small ones with three digits."""
    if value is None:
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.2f}" if size >= 0.1 else f"{value:.3g}"
