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


class MinAlphanumeric(Filter):
    """Drops a text in which fewer characters than this share are letters or numerals (Codex's filter; P3 counts
    letters alone).

    Letters and numerals of any script (what str.isalnum takes). Measured on `text` alone, newlines among its
    characters; an empty text has the share 0.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("alphanumeric",)

    limit: float = option(0.25, "share of the characters; less than it drops", source="The Stack", ge=0, le=1)

    def reason(self) -> pl.Expr:
        import polars as pl

        told = f"letters and digits < {100 * self.limit:g} %"
        return pl.when(pl.col("alphanumeric") < self.limit).then(pl.lit(told))


class MaxEntropy(Filter):
    """Drops a text whose bytes are nearly random: packed or encoded data in the guise of a program.

    Source code has 4 to 5 bits a byte, base64 close to 6. Measured on the UTF-8 bytes; an empty text has 0.
    """

    word: ClassVar[str | None] = "limit"
    needs: ClassVar[tuple[str, ...]] = ("entropy",)

    limit: float = option(5.8, "bits a byte; more than it drops", source="own choice, measured", gt=0, le=8)

    def reason(self) -> pl.Expr:
        import polars as pl

        return pl.when(pl.col("entropy") > self.limit).then(pl.lit(f"entropy > {self.limit:g} bits"))
