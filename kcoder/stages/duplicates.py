"""Rows that a sieve finds to repeat others are left out, with what they repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.filter import Sieve
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Clustered, Document, Dropped, Record
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl


class Duplicates(Stage):
    """Leaves out what the sieve names; the evidence of a dropped row is the id of the one that stays in its place.

    `clusters` lists the members of every cluster of two and more, the one that stays included. The facts hold what
    the sieve found out and, for each source, how many of its rows survive: a source whose rows all repeat others
    adds nothing (P4 §2.3).
    """

    revision: ClassVar[int] = 2
    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped, "clusters": Clustered}

    rows: Input[Document]
    sieve: Use[Sieve] = option("exact", "how duplicates are found", source="own choice")

    def describe(self) -> str:
        return f"drop {name_of(self.sieve)} duplicates"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"−{n:,} {reason}" for reason, n in facts["dropped"].items()) or "none found"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        from kcoder.tables.writing import batches, writing

        found = self.sieve.drop(pl.scan_parquet(inputs[self.rows]), host)
        told = found.dropped.select("id", "reason", "evidence", "cluster")
        self._check(told)
        came, stay, dropped = Counter[str](), Counter[str](), Counter[str]()
        with (
            writing(target(out, "kept", Document), Document) as keep,
            writing(target(out, "dropped", Dropped), Dropped) as drop,
        ):
            for rows in batches(inputs[self.rows], 32_768):
                host.check()
                judged = rows.join(told.drop("cluster"), on="id", how="left", maintain_order="left")
                kept, gone = judged.filter(pl.col("reason").is_null()), judged.filter(pl.col("reason").is_not_null())
                keep(kept)
                drop(gone)
                came.update(rows["source"].fill_null("unknown"))
                stay.update(kept["source"].fill_null("unknown"))
                dropped.update(gone["reason"])
        if not stay:
            raise KcoderError(
                f"{name_of(self.sieve)} leaves nothing of {came.total():,} rows",
                "one of equal rows ought to stay: this is a defect of that sieve",
            )
        clusters = _clusters(told)
        clusters.write_parquet(target(out, "clusters", Clustered))
        return {
            "in": came.total(),
            "kept": stay.total(),
            "dropped": dict(sorted(dropped.items(), key=lambda each: (-each[1], each[0]))),
            "clusters": clusters["cluster"].n_unique(),
            "survival": {source: {"in": n, "kept": stay[source]} for source, n in sorted(came.items())},
            "sieve": found.facts,
        }

    def _check(self, told: pl.DataFrame) -> None:
        """What a sieve may not do. Raises KcoderError."""
        hint = "this is a defect of that sieve"
        if told["id"].is_duplicated().any():
            raise KcoderError(f"{name_of(self.sieve)} dropped a row twice", hint)
        if not (both := told.join(told, left_on="cluster", right_on="id", how="semi")).is_empty():
            raise KcoderError(f"{name_of(self.sieve)} dropped {both['cluster'][0]}, which stands for another row", hint)


def _clusters(told: pl.DataFrame) -> pl.DataFrame:
    """Each dropped row with the one that stays, and that one with itself."""
    import polars as pl

    members = told.filter(pl.col("cluster").is_not_null()).select("id", "cluster")
    kept = members.select(pl.col("cluster").unique().alias("id")).with_columns(cluster="id")
    return pl.concat([members, kept]).cast(pl.String).sort("cluster", "id")
