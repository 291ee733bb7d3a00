"""Rows from a source, in the shares and the number wanted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kcoder.choose import Use
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Record
from kcoder.source import Source, Wanted
from kcoder.stage import Facts, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl

CURE = "ask for fewer, leave sample out to take all, or say sample: {n: ..., fewer: take}"


class Read(Stage):
    """Reads a source, batch by batch: memory holds a sample, or some batches, never the source; and 16 bytes a row.

    `hash` draws the rows whose ids have the smallest digests under the seed, whatever their order; it reads the
    whole source. `first` takes the first rows and reads no further. Without a sample, rows that are shared out (by
    languages, or the weights of a mix) lie on disk until all are counted.
    """

    revision: ClassVar[int] = 3
    produces: ClassVar[Mapping[str, type[Record]]] = {"rows": Document}

    source: Use[Source] = option(help="where the rows come from")
    languages: dict[str, float] = option(
        {}, "share of the rows for each language wanted; all rows where empty", source="own choice"
    )
    sample: int | None = option(None, "rows to draw; all where not given", source="P3 §3.2", gt=0)
    method: Literal["hash", "first"] = option("hash", "how a sample is drawn", source="own choice")
    fewer: Literal["stop", "take"] = option("stop", "what to do where there are fewer rows", source="own choice")
    seed: int = option(0, "of the sample", source="own choice", ge=0)

    def describe(self) -> str:
        wanted = f"{self.sample:,} rows of " if self.sample else ""
        return ", ".join([f"{wanted}{self._told()}", *self.languages])

    def summary(self, facts: Facts) -> str:
        left = "".join(f"    −{n:,} {reason}" for reason, n in facts["left_out"].items())
        return f"{facts['rows']:,} rows{left}"

    @classmethod
    def conserves(cls) -> bool:
        return True

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.tables.licences import shortened
        from kcoder.tables.reading import documents
        from kcoder.tables.writing import writing

        wanted = Wanted(self.languages, self.seed, host)
        batches = documents(self.source, wanted, self._told())
        counts: dict[str, Counter[str]] = {"languages": Counter(), "licences": Counter(), "sources": Counter()}
        rows = characters = 0
        shares = self._shares()
        chosen = self._drawn(batches, wanted, out, *shares) if self.sample or shares[1] else batches
        with writing(target(out, "rows", Document), Document) as write:
            for batch in chosen:
                write(batch)
                rows, characters = rows + batch.height, characters + int(batch["text"].str.len_chars().sum())
                for name, column in (("languages", "language"), ("licences", "licence"), ("sources", "source")):
                    counts[name].update(dict(batch[column].fill_null("unknown").value_counts().iter_rows()))
        told = {name: shortened(count) for name, count in counts.items()}
        return {
            "found": rows + wanted.left_out.total(),
            "rows": rows,
            "left_out": {reason: count for reason, count in sorted(wanted.left_out.items()) if count},
            "characters": characters,
            **told,
        }

    def _told(self) -> str:
        """The source as a spec names it: by its path, where it has one."""
        told = getattr(self.source, self.source.word) if self.source.word else None
        return told if isinstance(told, str) else name_of(self.source)

    def _shares(self) -> tuple[str, Mapping[str, float]]:
        """The column by which rows are shared out, and the share of each of its values; none where all are alike."""
        if parts := self.source.shares():
            if len(self.languages) > 1:
                raise UsageError(
                    f"{self._told()} shares rows out by source, and languages by language", "keep one of them"
                )
            return "source", parts
        whole = sum(self.languages.values())
        shares = {name: share / whole for name, share in self.languages.items() if share > 0}
        return ("language", shares) if len(shares) > 1 else ("", {})

    def _drawn(
        self, batches: Iterator[pl.DataFrame], wanted: Wanted, out: Path, column: str, shares: Mapping[str, float]
    ) -> Iterator[pl.DataFrame]:
        """The sample, in the order its rows came. What was met and not drawn is counted."""
        import polars as pl

        from kcoder.tables.draw import Draw

        if self.sample is None:
            yield from self._shared_out(batches, wanted, out, column, shares)
            return
        if self.method == "first":
            yield from self._first(batches, self.sample, wanted)
            return
        sizes = {name: math.ceil(self.sample * share) + 1 for name, share in shares.items()}
        draws = {name: Draw(size, self.seed) for name, size in sizes.items()} or {"": Draw(self.sample, self.seed)}
        met = 0
        for batch in batches:
            numbered = batch.with_columns(pl.int_range(met, met + batch.height, eager=True).alias("came"))
            met += batch.height
            for name, draw in draws.items():
                draw.add(numbered.filter(pl.col(column) == name) if column else numbered)
        counts = self._counts({name: draw.met for name, draw in draws.items()}, shares)
        wanted.left_out["not drawn into the sample"] += met - sum(counts.values())
        drawn = pl.concat([draw.rows(counts[name]) for name, draw in draws.items()]).sort("came")
        yield drawn.drop("came")

    def _shared_out(
        self, batches: Iterator[pl.DataFrame], wanted: Wanted, out: Path, column: str, shares: Mapping[str, float]
    ) -> Iterator[pl.DataFrame]:
        """As many rows as the shares leave. What was met and not drawn is counted."""
        from kcoder.tables.draw import share_out

        met = taken = 0

        def counted() -> Iterator[pl.DataFrame]:
            nonlocal met
            for batch in batches:
                met += batch.height
                yield batch

        for batch in share_out(counted(), column, shares, self.seed, lambda there: self._counts(there, shares), out):
            taken += batch.height
            yield batch
        wanted.left_out["not drawn into the sample"] += met - taken

    def _counts(self, there: Mapping[str, int], shares: Mapping[str, float]) -> dict[str, int]:
        """Rows to take of each kind. Shares hold to within a row."""
        if not shares:
            return {"": self._enough(there[""])}
        if lacking := [name for name, count in there.items() if not count]:
            raise UsageError(f"{self._told()} has no rows in {' or '.join(lacking)}", "leave it out")
        most = min(math.ceil((there[name] + 1) / share) - 1 for name, share in shares.items())
        if self.sample and self.sample > most and self.fewer == "stop":
            counted = ", ".join(f"{n:,} {name}" for name, n in there.items())
            raise UsageError(
                f"a sample of {self.sample:,} with these shares is wanted; the source has {counted}",
                f"sample: {most} can be had",
            )
        total = min(self.sample or most, most, sum(there.values()))
        counts = {name: min(int(total * share), there[name]) for name, share in shares.items()}
        room = [name for name in shares if counts[name] < there[name]]
        room.sort(key=lambda name: counts[name] - total * shares[name])
        for name in room[: total - sum(counts.values())]:
            counts[name] += 1
        return counts

    def _enough(self, there: int) -> int:
        wanted = self.sample or there
        if wanted > there and self.fewer == "stop":
            raise UsageError(f"a sample of {wanted:,} is wanted, and the source has {there:,} rows", CURE)
        return min(wanted, there)

    def _first(self, batches: Iterator[pl.DataFrame], count: int, wanted: Wanted) -> Iterator[pl.DataFrame]:
        for batch in batches:
            yield batch.head(count)
            wanted.left_out["after the first rows"] += max(0, batch.height - count)
            count -= batch.height
            if count <= 0:
                return
        if self.fewer == "stop":
            raise UsageError(f"{count:,} rows fewer than the sample wanted", CURE)
