"""Exact duplicates: the same prompt and the same text, character by character."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from kcoder.filter import Sieve, Sifted
from kcoder.host import Host
from kcoder.plugin import option
from kcoder.similarity.visit import Order, first_of, reads

if TYPE_CHECKING:
    import polars as pl

#: bytes of rows that are held; of more rows only ids and hashes, and those that have equal ones are read again
HELD = 512 << 20
#: rows read at a time
ROWS = 32_768


class Exact(Sieve):
    """Of rows with equal prompt and equal text one is kept; the evidence is its id. A missing prompt is an empty one.

    A hash finds the rows and their texts are compared: nothing falls by a hash alone. `normalised` takes texts for
    equal that differ in line ends, in blanks before a line's end, or in blank lines before the first or after the
    last line. Indentation and blanks within a line count: they can mean something.
    """

    revision: ClassVar[int] = 2

    text: Literal["raw", "normalised"] = option("raw", "how texts are compared", source="own choice")
    keep: Order = option("first", "which stays: smallest id, longest text or most stars", source="own choice")

    def drop(self, rows: pl.LazyFrame, host: Host) -> Sifted:
        import numpy as np
        import polars as pl

        from kcoder.similarity.twins import twins

        told = self._doubtful(rows, host)
        if told["prompt"].null_count() < told.height:
            told = told.with_columns(self._compared(pl.col("prompt").fill_null("")))
        row, stands = twins(told.select("prompt", "text"), told["hash"].to_numpy())
        first = first_of(told.drop("hash", "prompt", "text"), self.keep, row, stands)
        ids = told["id"]
        stood = np.zeros(told.height, np.bool_)
        stood[stands] = True
        stood[first[stands]] = False
        left, beaten = row != first[stands], np.flatnonzero(stood)
        falls, kept = np.concatenate([row[left], beaten]), np.concatenate([first[stands[left]], first[beaten]])
        dropped = pl.DataFrame({"id": ids.gather(falls), "cluster": ids.gather(kept)}).select(
            "id", pl.lit("exact duplicate").alias("reason"), pl.col("cluster").alias("evidence"), "cluster"
        )
        return Sifted(dropped, {"compared": f"prompt and text, {self.text}"})

    def _doubtful(self, rows: pl.LazyFrame, host: Host) -> pl.DataFrame:
        """What is read of the rows whose text has the hash of another; it is read once where all rows fit."""
        import numpy as np
        import polars as pl

        from kcoder.similarity.twins import alike, hash_of

        # the text's hash alone finds too many rows, and comparing their prompts costs less than hashing all
        asked = rows.select(*reads(self.keep), "prompt", self._compared(pl.col("text")).alias("text"))
        asked = asked.with_columns(hash_of(["text"]).alias("hash"))
        held, size = [asked.head(0).collect()], 0
        for batch in asked.collect_batches(chunk_size=ROWS):
            host.check()
            if size <= HELD:
                size += int(batch.estimated_size())
                if size > HELD:
                    held = [part.select("id", "hash") for part in held]
            held.append(batch if size <= HELD else batch.select("id", "hash"))
        known = pl.concat(held)
        repeated = np.zeros(known.height, np.bool_)
        for places in alike(known["hash"].to_numpy()):
            repeated[places] = True
        found = known.filter(pl.Series(repeated))
        if size > HELD:
            found = asked.join(found.select("id").lazy(), on="id", how="semi").collect()
        return found.rechunk()

    def _compared(self, text: pl.Expr) -> pl.Expr:
        if self.text == "raw":
            return text
        lines = text.str.replace_all(r"\r\n?", "\n")
        return lines.str.replace_all(r"(?m)[^\S\n]+$", "").str.strip_chars("\n")
