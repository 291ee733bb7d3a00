"""Rows that some filter has a reason against are left out, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.filter import Filter
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Dropped, Record
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl


class FilterRows(Stage):
    """Asks the filters one after another; the first that has a reason against a row drops it.

    Filters see `text`, without the prompt. Every feature they need is measured once, for all of them.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped}

    rows: Input[Document]
    filters: tuple[Use[Filter], ...] = option(help="in the order in which they are asked", min_length=1)

    def describe(self) -> str:
        return f"drop by {', '.join(name_of(each) for each in self.filters)}"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"−{n:,} {reason}" for reason, n in facts["dropped"].items()) or "nothing dropped"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.read_parquet(inputs[self.rows])
        judged = pl.concat([rows, self._first(self.reasons(rows, self.filters))], how="horizontal")
        kept = judged.filter(pl.col("reason").is_null()).select(*Document.columns)
        dropped = judged.filter(pl.col("reason").is_not_null()).select(*Dropped.columns)
        told = dropped.group_by("reason").agg(pl.len(), pl.col("text").str.len_chars().sum().alias("lost"))
        told = told.sort("len", "reason", descending=[True, False])
        counts = dict(zip(told["reason"], told["len"], strict=True))
        if kept.is_empty():
            funnel = ", ".join(f"{n:,} {reason}" for reason, n in counts.items())
            raise KcoderError(
                f"the filters leave nothing of {rows.height:,} rows: {funnel}",
                "look at the rows, and raise the limit or turn the filter off: filter: {NAME: off}",
            )
        kept.write_parquet(target(out, "kept", Document))
        dropped.write_parquet(target(out, "dropped", Dropped))
        lost = dict(zip(told["reason"], told["lost"], strict=True))
        return {"in": rows.height, "kept": kept.height, "dropped": counts, "characters_lost": lost}

    @staticmethod
    def reasons(rows: pl.DataFrame, filters: tuple[Filter, ...]) -> pl.DataFrame:
        """What each filter has against each row: a column per filter of (reason, evidence), null without.

        The evidence is what was measured: `average_line = 143.2`. Raises UsageError for a filter that needs a
        feature there is none of.
        """
        import polars as pl

        from kcoder.tables.features import measure

        needs = {need for each in filters for need in each.needs}
        seen = pl.concat([rows, measure(rows["text"], sorted(needs))], how="horizontal") if needs else rows
        columns = []
        for number, each in enumerate(filters):
            shown = [pl.format("{} = {}", pl.lit(need), pl.col(need).round(3)) for need in each.needs]
            evidence = pl.concat_str(shown, separator=", ") if shown else pl.lit(None, pl.String)
            reason = each.reason().cast(pl.String)
            told = pl.struct(reason.alias("reason"), evidence.alias("evidence"))
            columns.append(pl.when(reason.is_not_null()).then(told).alias(str(number)))
        return seen.select(columns)

    @staticmethod
    def _first(reasons: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        first = reasons.select(pl.coalesce(reasons.columns).alias("first"))
        return first.select(pl.col("first").struct.unnest())
