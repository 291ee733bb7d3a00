"""Finding a number among the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: what makes two scores the same kind of number
SERIES = ("benchmark", "language", "metric", "temperature")

Row = Mapping[str, Any]


def whole(row: Row) -> bool:
    """Whether a score is that of all problems, not of the clean or the contaminated ones alone."""
    return str(row.get("problems", "all")) == "all"  # results of before there were parts do not say


def score(told: Row, model: str, language: str) -> Row | None:
    """A model's main score in a language."""
    if told["main"] is None:
        return None
    wanted = {**told["main"], "language": language}
    rows = (r for r in told["scores"] if r["model"] == model and all(r[c] == wanted[c] for c in SERIES))
    return next(filter(whole, rows), None)


def parts(told: Row) -> list[Row]:
    """The main scores of clean and of contaminated problems; empty where no training row held a problem."""
    main = told["main"] or {}
    return [r for r in told["scores"] if not whole(r) and all(r[c] == v for c, v in main.items())]


def change(told: Row, model: str, language: str) -> Row | None:
    """What tuning changed in a model's main score in a language, in points."""
    wanted = {**(told["main"] or {}), "language": language}
    rows = (r for r in told["changes"] if r["model"] == model and all(r[c] == wanted[c] for c in SERIES))
    return next(rows, None)


def base_of(told: Row, model: Row) -> Row | None:
    """The untrained model that a tuned one came from."""
    bases = (m for m in told["models"] if m["of"] == "base" and set(model["variants"]) <= set(m["variants"]))
    return next(bases, None)
