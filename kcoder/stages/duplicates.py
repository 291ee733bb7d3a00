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


#: of what a sieve found out, what a run prints: who made vectors, what was derived, how much of it can be relied on
SAID = (
    *("embedder", "method", "search", "recall"),
    *("permutations", "bands", "values_in_a_band", "seed", "chance_at_threshold"),
)
#: sources whose survival a run prints, the lowest
FEW = 3


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
        found = [f"−{n:,} {reason}" for reason, n in facts["dropped"].items()] or ["none found"]
        known = {name: facts["sieve"].get(name) for name in SAID}
        derived = [f"{name.replace('_', ' ')} {value}" for name, value in known.items() if value is not None]
        survival = [(each["kept"] / each["in"], each, source) for source, each in facts["survival"].items()]
        told = facts["dropped"] and len(survival) > 1
        least = sorted(survival, key=lambda each: (each[0], each[2]))[:FEW] if told else []
        kept = [f"of {source} stay {its['kept']:,} of {its['in']:,}" for _, its, source in least]
        return "    ".join([*found, *derived, *kept])

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        from kcoder.tables.lost import characters_lost
        from kcoder.tables.writing import batches, writing

        found = self.sieve.drop(pl.scan_parquet(inputs[self.rows]), host)
        told = found.dropped.select("id", "reason", "evidence", "cluster")
        self._check(told)
        came, stay, dropped, lost = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
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
                lost.update(characters_lost(gone))
        if not stay:
            raise KcoderError(
                f"{name_of(self.sieve)} leaves nothing of {came.total():,} rows",
                "one of equal rows ought to stay: this is a defect of that sieve",
            )
        clusters = _clusters(told)
        clusters.write_parquet(target(out, "clusters", Clustered))
        counts = dict(sorted(dropped.items(), key=lambda each: (-each[1], each[0])))
        return {
            "in": came.total(),
            "kept": stay.total(),
            "dropped": counts,
            "characters_lost": {reason: lost[reason] for reason in counts},
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
