"""What drops rows: a filter looks at one row, a sieve at all of them.

class MaxLineLength(Filter):
    word, needs = "limit", ("longest_line",)
    limit: int = option(1000, "characters", source="P3 §3.2")

    def reason(self):
        return pl.when(pl.col("longest_line") > self.limit).then(pl.lit(f"longest line > {self.limit}"))
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder.host import Host
from kcoder.plugin import Plugin, option

if TYPE_CHECKING:
    import polars as pl


class Filter(Plugin):
    """One row decides. Built from features that are computed once for all filters (`tables/measures.py`)."""

    group: ClassVar[str] = "filters"
    #: names of the features that `reason` reads as columns
    needs: ClassVar[tuple[str, ...]] = ()
    #: columns of Document that `reason` reads and that a source may not know; where all are null the user is told
    columns: ClassVar[tuple[str, ...]] = ()

    then: Literal["drop", "flag"] = option(
        "drop", "drop the row, or keep it and note the reason in its `flags`", source="own choice"
    )

    def reason(self) -> pl.Expr:
        """Null keeps the row; a text drops it and says why."""
        raise NotImplementedError


@dataclass(frozen=True)
class Sifted:
    """What a sieve found. `dropped` has the columns id, reason, evidence and cluster: the id of the row that stays
    in its place, null where none does. `facts` are what was derived and counted on the way (JSON)."""

    dropped: pl.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)


class Sieve(Plugin):
    """Rows decide together: duplicates, quantiles."""

    group: ClassVar[str] = "sieves"

    def drop(self, rows: pl.LazyFrame, host: Host) -> Sifted:
        """The rows to leave out, each once. The order of `rows` must not matter."""
        raise NotImplementedError
