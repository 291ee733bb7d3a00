"""Files with long lines are seldom written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.filter import Filter
from kcoder.plugin import option

if TYPE_CHECKING:
    import polars as pl


class MaxAvgLineLength(Filter):
    """Drops a text whose lines are longer than the limit on average.

    Measured on `text` alone, without the prompt; newlines do not count, and an empty text has the average 0.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("average_line",)

    limit: float = option(100, "characters; a mean above it drops", source="P3 §3.2", gt=0)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("average_line") > self.limit).then(pl.lit(f"average line > {self.limit:g}"))


class MaxLineLength(Filter):
    """Drops a text with a line longer than the limit.

    Measured on `text` alone, without the prompt; the newline does not count.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("longest_line",)

    limit: int = option(1000, "characters; a line above it drops", source="P3 §3.2", gt=0)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("longest_line") > self.limit).then(pl.lit(f"longest line > {self.limit}"))


class MaxRepeatedLines(Filter):
    """Drops a text of which more than this share of the lines stood before in it.

    Lines are compared without the spacing at their ends; blank ones do not count. An empty text has the share 0.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("repeated_lines",)

    limit: float = option(0.7, "share of the lines; more than it drops", source="own choice", ge=0, le=1)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("repeated_lines") > self.limit).then(pl.lit(f"repeated lines > {100 * self.limit:g} %"))
