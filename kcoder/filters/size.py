"""Very large files are data, very small ones say little."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from kcoder.filter import Filter
from kcoder.plugin import option

if TYPE_CHECKING:
    import polars as pl


class MaxBytes(Filter):
    """Drops a text of more bytes in UTF-8 than the limit. An empty text has 0."""

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("bytes",)

    limit: int = option(1_000_000, "bytes; more than it drops", source="Codex; P2 §2.3: files < 1 MB", gt=0)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("bytes") > self.limit).then(pl.lit(f"size > {self.limit:,} bytes"))


class MinBytes(Filter):
    """Drops a text of fewer bytes in UTF-8 than the limit. An empty text has 0, so that any limit drops it."""

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("bytes",)

    limit: int = option(1_024, "bytes; less than it drops", source="CodeGeeX; P2 §2.3: files > 1 KB", gt=0)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("bytes") < self.limit).then(pl.lit(f"size < {self.limit:,} bytes"))
