"""Rows are kept that meet conditions on what can be measured of them: `cyclomatic >= 2`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from kcoder.compare import COMPARE, SIGN
from kcoder.errors import KcoderError, UsageError
from kcoder.host import Host
from kcoder.measures import check_known, measure, numbers
from kcoder.plugin import option
from kcoder.records import Document, Dropped, Record
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl

Method = Literal["linear", "nearest", "lower", "higher", "midpoint"]
METHODS: tuple[Method, ...] = get_args(Method)
CONDITION = re.compile(
    rf"\s*(?P<name>[a-z][\w.]*)\s*(?P<compare>{SIGN})\s*"
    r"(?:(?P<number>-?[\d_.]+(?:e-?\d+)?)|quantile\(\s*(?P<share>[\d.]+)\s*(?:,\s*(?P<method>\w+)\s*)?\))\s*"
)


@dataclass(frozen=True)
class Condition:
    """`NAME >= NUMBER`, or `NAME > quantile(SHARE, METHOD)` where the rows themselves give the number."""

    name: str
    compare: str
    number: float | None
    share: float = 0.0
    method: Method = "linear"

    @classmethod
    def read(cls, told: str) -> Condition:
        """Raises UsageError for what is no condition, or names no measure."""
        found = CONDITION.fullmatch(told)
        if not found:
            raise UsageError(
                f"{told!r} is no condition", "for example cyclomatic >= 2, or characters > quantile(0.25, linear)"
            )
        name, told_method = found["name"], found["method"] or "linear"
        check_known(name)
        method = next((known for known in METHODS if known == told_method), None)
        if method is None:
            raise UsageError(f"no quantile method is called {told_method!r}", f"there are: {', '.join(METHODS)}")
        try:
            number = float(found["number"]) if found["number"] else None
            share = float(found["share"] or 0)
        except ValueError:
            raise UsageError(f"{told!r}: no number", "for example cyclomatic >= 2") from None
        if not 0 <= share <= 1:
            raise UsageError(f"{told!r}: a quantile lies between 0 and 1", "for example quantile(0.25)")
        return cls(name, found["compare"], number, share, method)

    def limit(self, values: pl.Series) -> float:
        """The number, or the quantile of the values that are known. `values` are numbers."""
        if self.number is not None:
            return self.number
        found = values.quantile(self.share, self.method)
        if found is None:
            raise KcoderError(f"{self.name} is known of no row, so it has no quantile", "leave the condition out")
        return float(found)


class Keep(Stage):
    """Drops a row of which a condition does not hold, or whose measure is not known; the first such condition tells.

    Conditions are asked in order, each on all rows: a quantile is that of the rows that came in.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"kept": Document, "dropped": Dropped}

    rows: Input[Document]
    conditions: tuple[str, ...] = option(
        help="NAME, one of >= <= > < == !=, and a number or quantile(SHARE, METHOD)", min_length=1
    )

    @field_validator("conditions")
    @classmethod
    def readable(cls, conditions: tuple[str, ...]) -> tuple[str, ...]:
        """The conditions, each of which can be asked."""
        for told in conditions:
            try:
                Condition.read(told)
            except UsageError as error:
                raise PydanticCustomError("plugin", "{m}", {"m": error.message, "hint": error.hint}) from None
        return conditions

    @staticmethod
    def measured(rows: pl.DataFrame, names: Iterable[str], host: Host) -> pl.DataFrame:
        """Any measures of rows, a column each: the door for who may not know `measures.py`."""
        return measure(rows, names, host)

    def describe(self) -> str:
        return f"keep what has {' and '.join(self.conditions)}"

    def summary(self, facts: Facts) -> str:
        return "    ".join(f"−{n:,} {reason}" for reason, n in facts["dropped"].items()) or "nothing dropped"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        from kcoder.tables.lost import characters_lost

        rows = pl.read_parquet(inputs[self.rows])
        conditions = [Condition.read(told) for told in self.conditions]
        found = measure(rows, [each.name for each in conditions], host)
        values = numbers(found)
        limits = {told: each.limit(values[each.name]) for told, each in zip(self.conditions, conditions, strict=True)}
        reasons = []
        for told, each in zip(self.conditions, conditions, strict=True):
            value = pl.col(each.name)
            holds = COMPARE[each.compare](value, limits[told])
            unknown = pl.when(value.is_null()).then(pl.lit(f"{each.name} not known"))
            reason = unknown.otherwise(pl.when(~holds).then(pl.lit(f"not {told}")))
            shown = found[each.name].fill_null("none") if found.schema[each.name] == pl.String else value.round(3)
            evidence = pl.format("{} = {}", pl.lit(each.name), shown)
            reasons.append(
                pl.when(reason.is_not_null()).then(pl.struct(reason.alias("reason"), evidence.alias("evidence")))
            )
        judged = pl.concat([rows, values.select(pl.coalesce(reasons).alias("first")).unnest("first")], how="horizontal")
        kept = judged.filter(pl.col("reason").is_null()).select(*Document.columns)
        dropped = judged.filter(pl.col("reason").is_not_null()).select(*Dropped.columns)
        if kept.is_empty():
            raise KcoderError(
                f"no row of {rows.height:,} has {' and '.join(self.conditions)}", "look at `kcoder dataset-stats` first"
            )
        kept.write_parquet(target(out, "kept", Document))
        dropped.write_parquet(target(out, "dropped", Dropped))
        told_counts = dropped["reason"].value_counts().sort("count", "reason", descending=[True, False])
        counts, lost = dict(told_counts.iter_rows()), characters_lost(dropped)
        return {
            "in": rows.height,
            "kept": kept.height,
            "limits": limits,
            "dropped": counts,
            "characters_lost": {reason: lost[reason] for reason in counts},
        }
