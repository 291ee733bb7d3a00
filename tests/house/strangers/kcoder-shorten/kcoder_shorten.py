"""A stranger's section: drop the longest texts before anything else is done with the rows."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from kcoder.plugin import option
from kcoder.records import Document, Dropped
from kcoder.section import Objection, Section
from kcoder.stage import Input, Stage, Step


class KeepShort(Stage):
    produces: ClassVar = {"kept": Document, "dropped": Dropped}
    rows: Input[Document]
    characters: int = option(help="the longest text that is kept", gt=0)

    def describe(self):
        return f"texts of at most {self.characters:,} characters"

    def run(self, inputs, out, host):
        import polars as pl

        rows = pl.read_parquet(inputs[self.rows])
        short = pl.col("text").str.len_chars() <= self.characters
        kept = rows.filter(short)
        reason = pl.lit(f"more than {self.characters} characters")
        gone = rows.filter(~short).with_columns(reason=reason, evidence=pl.lit(None, pl.String))
        kept.write_parquet(out / "kept.parquet")
        gone.select(list(Dropped.columns)).write_parquet(out / "dropped.parquet")
        return {"kept": kept.height, "dropped": gone.height}


class ShortenSection(Section):
    after = ("data",)
    before = ("train",)
    word = "characters"

    characters: int = option(200, "the longest text that is learnt from", source="own choice", gt=0)

    def objections(self, told: Mapping[str, Section | None]) -> Iterator[Objection]:
        if "data" not in told:
            yield Objection((), "shorten: there are no rows to shorten", "add a section: data")

    def steps(self, up, at):
        step = Step(at, KeepShort(rows=up.rows, characters=self.characters))
        return up.then(step, rows=step["kept"])
