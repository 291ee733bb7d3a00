"""Rows that a sieve finds to repeat others are left out, with what they repeat."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.filter import Sieve
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Dropped, Record
from kcoder.stage import Facts, Input, Output, Stage, target


class Duplicates(Stage):
    """Leaves out what the sieve names; the evidence of a dropped row is the id of the one that stays."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped}

    rows: Input[Document]
    sieve: Use[Sieve] = option("exact", "how duplicates are found", source="own choice")

    def describe(self) -> str:
        return f"drop {name_of(self.sieve)} duplicates"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"−{n:,} {reason}" for reason, n in facts["dropped"].items()) or "none found"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.scan_parquet(inputs[self.rows])
        found = self.sieve.drop(rows, host).select("id", "reason", "evidence")
        if found["id"].is_duplicated().any():
            raise KcoderError(f"{name_of(self.sieve)} dropped a row twice", "this is a defect of that sieve")
        judged = rows.collect().join(found, on="id", how="left", maintain_order="left")
        kept = judged.filter(pl.col("reason").is_null()).select(*Document.columns)
        dropped = judged.filter(pl.col("reason").is_not_null()).select(*Dropped.columns)
        if kept.is_empty():
            raise KcoderError(
                f"{name_of(self.sieve)} leaves nothing of {judged.height:,} rows",
                "one of equal rows ought to stay: this is a defect of that sieve",
            )
        kept.write_parquet(target(out, "kept", Document))
        dropped.write_parquet(target(out, "dropped", Dropped))
        told = dropped["reason"].value_counts().sort("count", "reason", descending=[True, False])
        return {"in": judged.height, "kept": kept.height, "dropped": dict(told.iter_rows())}
