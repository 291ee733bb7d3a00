"""Rows from a source, in the shares and the number wanted."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Record
from kcoder.source import Source
from kcoder.stage import Facts, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl


class Read(Stage):
    """Reads a source. Which rows a sample draws depends on their ids and the seed, not on their order."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"rows": Document}

    source: Use[Source] = option(help="where the rows come from")
    languages: dict[str, float] = option(
        {}, "share of the rows for each language wanted; all rows where empty", source="own choice"
    )
    sample: int | None = option(None, "rows to draw; all where not given", source="P3 §3.2", gt=0)
    seed: int = option(0, "of the sample", source="own choice", ge=0)

    def describe(self) -> str:
        wanted = f"{self.sample:,} rows of " if self.sample else ""
        return ", ".join([f"{wanted}{self._told()}", *self.languages])

    def summary(self, facts: Facts) -> str:
        return f"{facts['rows']:,} rows"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = self.source.rows(self.languages, self.seed, host).select(*Document.columns).collect()
        _refuse_doubtful(rows, self._told())
        found = rows.height
        counts = self._counts(rows)
        if counts is None:
            rows = self._drawn(rows, self.sample) if self.sample else rows
        else:
            drawn = [self._drawn(rows.filter(pl.col("language") == name), n) for name, n in counts.items()]
            kept = pl.concat(drawn).select("id")
            rows = rows.join(kept, on="id", how="semi", maintain_order="left")
        rows.write_parquet(target(out, "rows", Document))
        characters = int(rows["text"].str.len_chars().sum())
        languages = rows["language"].fill_null("unknown").value_counts()
        return {
            "found": found,
            "rows": rows.height,
            "characters": characters,
            "languages": dict(sorted(languages.iter_rows(), key=lambda each: (-each[1], each[0]))),
        }

    def _told(self) -> str:
        """The source as a spec names it: by its path, where it has one."""
        return str(getattr(self.source, self.source.word)) if self.source.word else name_of(self.source)

    def _counts(self, rows: pl.DataFrame) -> dict[str, int] | None:
        """Rows to take of each language; None where shares do not matter. Shares hold to within a row."""
        if len(self.languages) < 2:
            if self.sample and self.sample > rows.height:
                raise UsageError(
                    f"a sample of {self.sample:,} is wanted, and the source has {rows.height:,} rows",
                    "ask for fewer, or leave sample out to take all",
                )
            return None
        there = {name: int((rows["language"] == name).sum()) for name in self.languages}
        if lacking := [name for name, count in there.items() if not count]:
            raise UsageError(
                f"{self._told()} has no rows in {' or '.join(lacking)}", "leave the language out of languages"
            )
        whole = sum(self.languages.values())
        shares = {name: share / whole for name, share in self.languages.items() if share > 0}
        most = min(math.ceil((there[name] + 1) / share) - 1 for name, share in shares.items())
        if self.sample and self.sample > most:
            counted = ", ".join(f"{n:,} {name}" for name, n in there.items())
            raise UsageError(
                f"a sample of {self.sample:,} with these shares is wanted; the source has {counted}",
                f"sample: {most} can be had",
            )
        total = min(self.sample or most, rows.height)
        counts = {name: min(int(total * share), there[name]) for name, share in shares.items()}
        room = [name for name in shares if counts[name] < there[name]]
        room.sort(key=lambda name: counts[name] - total * shares[name])
        for name in room[: total - sum(counts.values())]:
            counts[name] += 1
        return counts

    def _drawn(self, rows: pl.DataFrame, count: int) -> pl.DataFrame:
        """The rows whose ids have the smallest digests, in the order they came."""
        import polars as pl

        digests = [hashlib.sha256(f"{self.seed}\0{each}".encode()).digest() for each in rows["id"]]
        ranked = rows.with_columns(pl.Series("digest", digests, dtype=pl.Binary)).select("id", "digest")
        return rows.join(ranked.bottom_k(count, by="digest"), on="id", how="semi", maintain_order="left")


def _refuse_doubtful(rows: pl.DataFrame, source: str) -> None:
    if rows.is_empty():
        raise UsageError(f"{source} gave no rows", "nothing can be learnt from nothing")
    if rows["text"].null_count() or rows["id"].null_count():
        raise UsageError(f"{source} gave rows without a text or an id", "this is a defect of that source")
    if rows["id"].is_duplicated().any():
        twice = rows.filter(rows["id"].is_duplicated())["id"][0]
        raise UsageError(f"{source} gave two rows of the id {twice!r}", "this is a defect of that source")
