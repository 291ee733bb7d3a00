"""What drops rows: a filter looks at one row, a sieve at all of them.

class MaxLineLength(Filter):
    word, needs = "limit", ("longest_line",)
    limit: int = option(1000, "characters", source="P3 §3.2")

    def reason(self):
        return pl.when(pl.col("longest_line") > self.limit).then(pl.lit(f"longest line > {self.limit}"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.host import Host
from kcoder.plugin import Plugin

if TYPE_CHECKING:
    import polars as pl


class Filter(Plugin):
    """One row decides. Built from features that are computed once for all filters (`tables/features.py`)."""

    group: ClassVar[str] = "filters"
    #: names of the features that `reason` reads as columns
    needs: ClassVar[tuple[str, ...]] = ()

    def reason(self) -> pl.Expr:
        """Null keeps the row; a text drops it and says why."""
        raise NotImplementedError


class Sieve(Plugin):
    """Rows decide together: duplicates, leaks, quantiles."""

    group: ClassVar[str] = "sieves"

    def drop(self, rows: pl.LazyFrame, host: Host) -> pl.DataFrame:
        """The rows to leave out: columns id, reason, evidence. The order of `rows` must not matter."""
        raise NotImplementedError
