"""Rows that some filter has a reason against are left out or flagged, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import KcoderError, UsageError
from kcoder.filter import Filter
from kcoder.host import Host
from kcoder.plugin import name_of, option
from kcoder.records import Document, Dropped, Record
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl


class FilterRows(Stage):
    """Asks the filters one after another; the first that has a reason against a row drops it.

    Filters see `text`, without the prompt. Every measure they need is taken once, for all of them. A filter that is
    told to flag keeps the row and notes its reason in `flags`.
    """

    revision: ClassVar[int] = 2
    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped}

    rows: Input[Document]
    filters: tuple[Use[Filter], ...] = option(help="in the order in which they are asked", min_length=1)

    def describe(self) -> str:
        return f"drop by {', '.join(name_of(each) for each in self.filters)}"

    def summary(self, facts: Facts) -> str:
        told = [f"−{n:,} {reason}" for reason, n in facts["dropped"].items()]
        told += [f"{n:,} flagged {reason}" for reason, n in facts["flagged"].items()]
        return "    ".join(told) or "nothing dropped"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.tables.writing import batches, writing

        self._refuse_unknown(inputs[self.rows])
        dropped, lost, flagged = Counter[str](), Counter[str](), Counter[str]()
        rules: dict[str, Counter[str]] = {}
        came = stay = 0
        with (
            writing(target(out, "kept", Document), Document) as keep,
            writing(target(out, "dropped", Dropped), Dropped) as drop,
        ):
            for rows in batches(inputs[self.rows]):
                host.check()
                kept, gone = self._parted(rows, host, flagged, rules)
                came, stay = came + rows.height, stay + kept.height
                keep(kept)
                drop(gone)
                for reason, text in gone.select("reason", "text").iter_rows():
                    dropped[reason] += 1
                    lost[reason] += len(text)
        counts = dict(sorted(dropped.items(), key=lambda each: (-each[1], each[0])))
        if not stay:
            funnel = ", ".join(f"{n:,} {reason}" for reason, n in counts.items())
            raise KcoderError(
                f"the filters leave nothing of {came:,} rows: {funnel}",
                "look at the rows, and raise the limit or turn the filter off: filter: {NAME: off}",
            )
        return {
            "in": came,
            "kept": stay,
            "dropped": counts,
            "characters_lost": {reason: lost[reason] for reason in counts},
            "flagged": dict(sorted(flagged.items())),
            "rules": {reason: dict(sorted(rules[reason].items())) for reason in sorted(rules)},
        }

    def _refuse_unknown(self, file: Path) -> None:
        """A column that a filter reads, and no row has, is told before the work."""
        import polars as pl

        rows = pl.scan_parquet(file)
        for each in self.filters:
            for column in each.columns:
                if not rows.select(pl.col(column).is_not_null().any()).collect().item():
                    raise UsageError(
                        f"{name_of(each)} reads {column}, which no row of this source has",
                        f"say which column holds it, source: {{files: {{columns: {{{column}: ...}}}}}}, or turn the "
                        f"filter off: filter: {{{name_of(each)}: off}}",
                    )

    def _parted(
        self, rows: pl.DataFrame, host: Host, flagged: Counter[str], rules: dict[str, Counter[str]]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What stays, with its flags, and what goes, with its reason. Flags and rules are counted."""
        import polars as pl

        reasons = self.reasons(rows, self.filters, host)
        judged = reasons.select(
            _first([str(n) for n, each in enumerate(self.filters) if each.then == "drop"]),
            _all([str(n) for n, each in enumerate(self.filters) if each.then == "flag"]),
        )
        judged = pl.concat([rows, judged.unnest("first")], how="horizontal")
        stays = reasons.filter(judged["reason"].is_null())
        for told in (judged, *(stays[each].struct.unnest() for each in stays.columns)):
            for reason, rule in told.select("reason", "rule").drop_nulls("rule").iter_rows():
                rules.setdefault(reason, Counter())[rule] += 1
        gone = judged.filter(pl.col("reason").is_not_null()).select(*Dropped.columns)
        kept = judged.filter(pl.col("reason").is_null())
        for noted in kept["noted"].drop_nulls():
            flagged.update(noted.split("; "))
        flags = pl.concat_str("flags", "noted", separator="; ", ignore_nulls=True)
        kept = kept.with_columns(pl.when(flags != "").then(flags).alias("flags"))
        return kept.select(*Document.columns), gone

    @staticmethod
    def reasons(rows: pl.DataFrame, filters: tuple[Filter, ...], host: Host) -> pl.DataFrame:
        """What each filter has against each row: a column per filter of (reason, evidence, rule), null without.

        The evidence is what was measured: `average_line = 143.2`. The rule is null where that is a number and, where
        it is in words, these: `mark: do not edit`. Raises UsageError for a filter that needs a measure there is none
        of.
        """
        import polars as pl
        import polars.selectors as cs

        from kcoder.measures import measure

        needs = {need for each in filters for need in each.needs}
        seen = rows
        if needs:
            measured = measure(rows, sorted(needs), host).with_columns(cs.float().round(3).name.suffix(" shown"))
            seen = pl.concat([rows, measured], how="horizontal")
        columns = []
        for number, each in enumerate(filters):
            shown = [pl.format("{} = {}", pl.lit(n), pl.col(_shown(n, seen.columns))) for n in each.needs]
            evidence = pl.concat_str(shown, separator=", ") if shown else pl.lit(None, pl.String)
            reason = each.reason().cast(pl.String)
            words = [n for n in each.needs if seen.schema[n] == pl.String]
            rule = pl.concat_str(words, separator=", ") if words else pl.lit(None, pl.String)
            told = pl.struct(reason.alias("reason"), evidence.alias("evidence"), rule.alias("rule"))
            columns.append(pl.when(reason.is_not_null()).then(told).alias(str(number)))
        return seen.select(columns)


def _shown(name: str, columns: list[str]) -> str:
    return f"{name} shown" if f"{name} shown" in columns else name


def _first(columns: list[str]) -> pl.Expr:
    """The first reason among these filters, with its evidence and the rule."""
    import polars as pl

    nothing = pl.lit(None, pl.Struct({"reason": pl.String, "evidence": pl.String, "rule": pl.String}))
    return pl.coalesce([*map(pl.col, columns), nothing]).alias("first")


def _all(columns: list[str]) -> pl.Expr:
    """Every reason among these filters; null without any."""
    import polars as pl

    if not columns:
        return pl.lit(None, pl.String).alias("noted")
    told = pl.concat_str([pl.col(c).struct.field("reason") for c in columns], separator="; ", ignore_nulls=True)
    return pl.when(told != "").then(told).alias("noted")
