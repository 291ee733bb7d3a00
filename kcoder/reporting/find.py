"""Finding a number among the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: what makes two scores the same kind of number
SERIES = ("benchmark", "language", "metric", "temperature")

Row = Mapping[str, Any]


def score(told: Row, model: str, language: str) -> Row | None:
    """A model's main score in a language."""
    if told["main"] is None:
        return None
    wanted = {**told["main"], "language": language}
    rows = (r for r in told["scores"] if r["model"] == model and all(r[c] == wanted[c] for c in SERIES))
    return next(rows, None)


def change(told: Row, model: str, language: str) -> Row | None:
    """What tuning changed in a model's main score in a language, in points."""
    wanted = {**(told["main"] or {}), "language": language}
    rows = (r for r in told["changes"] if r["model"] == model and all(r[c] == wanted[c] for c in SERIES))
    return next(rows, None)


def base_of(told: Row, model: Row) -> Row | None:
    """The untrained model that a tuned one came from."""
    bases = (m for m in told["models"] if m["of"] == "base" and set(model["variants"]) <= set(m["variants"]))
    return next(bases, None)
