"""The complexity of a data set's programs, language by language: real code, and what P4 would have counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from kcoder.host import Host
from kcoder.plugin import name_of
from kcoder.scoring.complexity import complexity, scorer_of
from kcoder.scoring.describe import describe
from kcoder.scoring.intervals import ratio

#: what is told of each language, as far as its scorer knows it
SHOWN = (
    "halstead_vocabulary",
    "halstead_length",
    "halstead_difficulty",
    "halstead_volume",
    "cyclomatic",
    "cyclomatic_max",
    "functions",
)


@dataclass(frozen=True)
class Code:
    """`figures` of each language; `values` of every row, whose `real` says whether its program is real code."""

    figures: list[dict[str, Any]]
    values: pl.DataFrame


def code(programs: pl.DataFrame, host: Host) -> Code:
    """Scores each row's program (columns language and text, null where there is none) by its language's scorer.

    Real code is a program that the scorer can read and that does something: a number, a list or a sentence that
    happens to parse is none.
    """
    values = complexity(programs, None, host)
    read = pl.any_horizontal(pl.col(values.columns).is_not_null())
    does = pl.col("statements").is_null() | (pl.col("statements") > 0) if "statements" in values.columns else True
    values = values.with_columns(programs["language"], read.alias("read"), (read & does).alias("real"))
    counted = programs["language"].value_counts().drop_nulls().sort("count", "language", descending=[True, False])
    return Code([_of(name, values.filter(language=name)) for name in counted["language"]], values)


def _of(language: str, values: pl.DataFrame) -> dict[str, Any]:
    scorer = scorer_of(language)
    real = values.filter("real")
    return {
        "language": language,
        "scorer": name_of(scorer) if scorer else None,
        "programs": values.height,
        "unreadable": values.height - int(values["read"].sum()) if scorer else 0,
        "real": real.height,
        "values": {name: told for name in SHOWN if name in real.columns and (told := describe(real[name]))},
        "per_function": _per_function(real),
    }


def _per_function(real: pl.DataFrame) -> dict[str, Any] | None:
    """The mean cyclomatic complexity over all functions (and, of radon, classes) rather than over programs."""
    if "cyclomatic_sum" not in real.columns:
        return None
    told = real.filter(pl.col("cyclomatic_sum") > 0)
    counts = (told["cyclomatic_sum"] / told["cyclomatic"]).round()
    found = ratio(told["cyclomatic_sum"], counts)
    if found is None:
        return None
    low, high = found.interval or (None, None)
    most = told["cyclomatic_max"].max()
    return {"n": int(counts.sum()), "programs": found.n, "mean": found.value, "low": low, "high": high, "max": most}
