"""What is known of the repository a file comes from. A source that does not tell is an error, never an empty result."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.filter import Filter
from kcoder.plugin import option

if TYPE_CHECKING:
    import polars as pl


class MinStars(Filter):
    """Drops a row whose repository has fewer stars, or whose stars are not known."""

    word: ClassVar[str | None] = "limit"
    columns: ClassVar[tuple[str, ...]] = ("stars",)

    limit: int = option(1, "stars; fewer drop", source="CodeGeeX; P2 §2.3", ge=1)

    def reason(self) -> pl.Expr:
        import polars as pl

        few = pl.when(pl.col("stars") < self.limit).then(pl.lit(f"stars < {self.limit:,}"))
        return pl.when(pl.col("stars").is_null()).then(pl.lit("stars not known")).otherwise(few)


class MaxRepositorySize(Filter):
    """Drops a row whose repository is larger, or whose size is not known."""

    word: ClassVar[str | None] = "limit"
    columns: ClassVar[tuple[str, ...]] = ("repository_size",)

    limit: int = option(10_485_760, "bytes; more drop", source="CodeGeeX; P2 §2.3: total <= 10 MB", gt=0)

    def reason(self) -> pl.Expr:
        import polars as pl

        size = pl.col("repository_size")
        large = pl.when(size > self.limit).then(pl.lit(f"repository > {self.limit:,} bytes"))
        return pl.when(size.is_null()).then(pl.lit("repository's size not known")).otherwise(large)
