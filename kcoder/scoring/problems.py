"""Rows of a data set that say nothing, or say what another row says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from kcoder.filter import Sifted
from kcoder.host import Host
from kcoder.plugin import load

#: rows named in a listing
LISTED = 20


@dataclass(frozen=True)
class Problem:
    """Rows counted under a name; `listed` are the ids of all of them, each with what shows it."""

    name: str
    label: str
    listed: pl.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return self.listed.height


def problems(rows: pl.DataFrame, host: Host) -> list[Problem]:
    """Empty answers, repeated pairs and answers, and near duplicates that are not exact ones."""
    spaced = pl.col("text").str.strip_chars().str.replace_all(r"\s+", " ")
    told = rows.select("id", spaced.alias("answer")).with_columns(evidence=pl.col("id").first().over("answer"))
    exact: Sifted = load("sieves", "exact")().drop(rows.lazy(), host)
    sieve = load("sieves", "near")()
    near: Sifted = sieve.drop(rows.join(exact.dropped, on="id", how="anti").lazy(), host)
    label = f"near duplicates ({sieve.shingle}-word shingles, Jaccard ≥ {sieve.threshold:g})"
    return [
        Problem("empty_answers", "empty answers", _listed(told.filter(answer="").with_columns(evidence=pl.lit("")))),
        Problem("repeated_pairs", "repeated pairs", _listed(exact.dropped), exact.facts),
        Problem("repeated_answers", "repeated answers", _listed(told.filter(pl.col("id") != pl.col("evidence")))),
        Problem("near_duplicates", label, _listed(near.dropped), near.facts),
    ]


def listings(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Of each problem that any row has the first rows, by id and what shows it, as JSON."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "count": each.count,
            "rows": [list(row) for row in each.listed.head(LISTED).fill_null("").rows()],
        }
        for each in found
        if each.count
    ]


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("id", "evidence")
