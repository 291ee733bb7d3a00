"""Data sets in the order of each score, as far as intervals tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kcoder.scoring.intervals import ranks
from kcoder.scoring.named import score_name


def ranking(told: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int | None]]:
    """By the name of each score the rank of each set, from the highest, where its interval parts from all others."""
    intervals: dict[str, dict[str, tuple[float, float] | None]] = {}
    for each in told:
        for score in each["scores"]:
            whole = None not in (score["low"], score["high"])
            intervals.setdefault(score_name(score), {})[each["name"]] = (score["low"], score["high"]) if whole else None
    return {name: ranks(found) for name, found in intervals.items()}
