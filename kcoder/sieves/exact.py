"""Exact duplicates: the same prompt and the same text, character by character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kcoder.filter import Sieve
from kcoder.host import Host

if TYPE_CHECKING:
    import polars as pl


class Exact(Sieve):
    """Of equal rows the one with the smallest id is kept; the evidence is that id."""

    def drop(self, rows: pl.LazyFrame, host: Host) -> pl.DataFrame:
        """Rows whose prompt and text another row has too. A missing prompt equals an empty one."""
        import polars as pl

        pair = [pl.col("prompt").fill_null(""), pl.col("text")]
        # A hash finds the few rows worth comparing, in a quarter of the memory; it proves nothing by itself.
        hashed = rows.select("id", pl.struct(pair).hash().alias("hash")).collect()
        doubtful = hashed.filter(pl.col("hash").is_duplicated()).select("id")
        kept = pl.col("id").min().over(*pair)
        compared = rows.join(doubtful.lazy(), on="id", how="semi").select("id", kept.alias("evidence"))
        repeated = compared.filter(pl.col("id") != pl.col("evidence")).sort("id")
        return repeated.select("id", pl.lit("exact duplicate").alias("reason"), "evidence").collect()
