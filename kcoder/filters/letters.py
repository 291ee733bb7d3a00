"""Files with few letters are data more often than programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.filter import Filter
from kcoder.plugin import option

if TYPE_CHECKING:
    import polars as pl


class MinAlphabetic(Filter):
    """Drops a text in which fewer characters than this share are letters.

    Letters of any script (Unicode category L), no digits. Measured on `text` alone, newlines among its
    characters; an empty text has the share 0.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("alphabetic",)

    limit: float = option(0.25, "share of the characters; less than it drops", source="P3 §3.2", ge=0, le=1)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("alphabetic") < self.limit).then(pl.lit(f"letters < {100 * self.limit:g} %"))
