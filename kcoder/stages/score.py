"""Outcomes in, scores out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.benchmark import known_as
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.paired import Passes, paired
from kcoder.plugin import option
from kcoder.records import (
    CUT_LESS_UNCUT,
    UNCUT,
    Document,
    Leak,
    Outcome,
    Record,
    Reference,
    Score,
    Uncut,
    Verdict,
    frame,
    schema,
)
from kcoder.stage import Facts, Input, Output, Stage, target

if TYPE_CHECKING:
    import polars as pl

#: what tells a problem from every other: another language has problems of the same ids
PROBLEM = ("benchmark", "language", "problem")


class ScoreOutcomes(Stage):
    """Every metric over the outcomes of one model at one temperature, in all its languages.

    A problem that its benchmark's own solution does not solve here is left out and named: no model could.

    Where a training row held some of a benchmark's problems in a language, those (contaminated) and the others (clean)
    are scored apart as well.

    With `uncut` every metric is told of the same completions as they stand too, under a name of its own (`pass@1
    uncut`), and how many points the cut is worth, on the same problems.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"scores": Score}
    revision: ClassVar[int] = 3

    outcomes: tuple[Input[Outcome], ...]
    of: str = option(help="base or tuned")
    temperature: float = option(0.0, "what the samples were drawn at", source="evaluate.temperature")
    metrics: tuple[Use[Metric], ...] = option(("pass@k",), "what is counted", source="own choice")
    #: what the benchmark's own solutions came to
    references: tuple[Input[Reference], ...] = ()
    #: the same completions with nothing cut
    uncut: tuple[Input[Uncut], ...] | None = None
    #: problems that were found in rows, and the rows that were learnt from
    held: tuple[tuple[Input[Leak], Input[Document]], ...] = ()

    def describe(self) -> str:
        apart = ", clean and contaminated problems apart" if self.held else ""
        return f"{len(self.outcomes)} language{'s' if len(self.outcomes) > 1 else ''}, {self.of}{apart}"

    def summary(self, facts: Facts) -> str:
        whole = [s for s in facts["scores"] if s["problems"] == "all"]
        told = "   ".join(f"{s['language']} {s['metric']} {100 * s['value']:.1f} %" for s in whole)
        return f"{told}   {len(facts['not_scored'])} problems not scored" if facts.get("not_scored") else told

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        unsolved = self._unsolved(inputs)
        rows = pl.concat([pl.scan_parquet(inputs[o]) for o in self.outcomes]).join(unsolved, on=PROBLEM, how="anti")
        whole = [metric.score(rows).with_columns(problems=pl.lit("all")) for metric in self.metrics]
        apart = self._apart(rows, self._contaminated(inputs, rows), whole)
        scores = pl.concat([*whole, *self._uncut(inputs, rows, unsolved), *apart])
        told = scores.with_columns(of=pl.lit(self.of), temperature=pl.lit(self.temperature))
        told = told.select(list(Score.columns)).cast(dict(schema(Score)))  # type: ignore[arg-type]
        told.write_parquet(target(out, "scores", Score))
        left_out = unsolved.select(PROBLEM).sort(PROBLEM).collect().to_dicts()
        scored = (
            told.filter(pl.col("unit").is_null()).select("language", "problems", "metric", "value", "k", "n").to_dicts()
        )
        return {"scores": scored, "not_scored": left_out} if left_out else {"scores": scored}

    def _uncut(
        self, inputs: Mapping[Output[Any], Path], cut: pl.LazyFrame, unsolved: pl.LazyFrame
    ) -> Iterator[pl.DataFrame]:
        """Scores of all problems with nothing cut, and the differences to those of what was cut."""
        import polars as pl

        if not self.uncut:
            return
        rows = pl.concat([pl.scan_parquet(inputs[o]) for o in self.uncut]).join(unsolved, on=PROBLEM, how="anti")
        for metric in self.metrics:
            found = metric.score(rows)
            named = pl.col("metric") + UNCUT
            yield found.with_columns(problems=pl.lit("all"), metric=named)
            yield frame(Score, list(_worth(found, _passes(cut), _passes(rows))))

    def _unsolved(self, inputs: Mapping[Output[Any], Path]) -> pl.LazyFrame:
        """The problems whose reference solution did not pass."""
        import polars as pl

        judged = [pl.scan_parquet(inputs[each]) for each in self.references]
        told = pl.concat([frame(Reference, []).lazy(), *judged])
        return told.filter(pl.col("verdict") != Verdict.PASSED.value).select(PROBLEM).unique()

    def _contaminated(self, inputs: Mapping[Output[Any], Path], rows: pl.LazyFrame) -> pl.LazyFrame:
        """The problems that some row holds which was learnt from: a row of `valid` or `test` teaches nothing."""
        import polars as pl

        learnt = [
            pl.scan_parquet(inputs[leaks]).join(
                pl.scan_parquet(inputs[rows]).select("id"), left_on="row", right_on="id", how="semi"
            )
            for leaks, rows in self.held
        ]
        found = pl.concat([frame(Leak, []).lazy(), *learnt]).select(PROBLEM).unique()
        names = rows.select("benchmark").unique().collect()["benchmark"].to_list()
        asked = pl.LazyFrame(
            {"benchmark": map(known_as, names), "called": names},
            schema=dict.fromkeys(("benchmark", "called"), pl.String),
        )
        return found.join(asked, on="benchmark").select(pl.col("called").alias("benchmark"), *PROBLEM[1:])

    def _apart(
        self, rows: pl.LazyFrame, contaminated: pl.LazyFrame, whole: Sequence[pl.DataFrame]
    ) -> Iterator[pl.DataFrame]:
        """Scores of clean and of contaminated problems, for each benchmark and language that has some of these."""
        import polars as pl

        parts = {
            "clean": rows.join(contaminated, on=PROBLEM, how="anti", maintain_order="left"),
            "contaminated": rows.join(contaminated, on=PROBLEM, how="semi", maintain_order="left"),
        }
        places = parts["contaminated"].select("benchmark", "language").unique().sort("benchmark", "language").collect()
        for benchmark, language in places.rows():
            here = (pl.col("benchmark") == benchmark) & (pl.col("language") == language)
            for name, part in parts.items():
                for metric, told in zip(self.metrics, whole, strict=True):
                    found = _scored(metric, part.filter(here), name, told.filter(here))
                    yield found.with_columns(problems=pl.lit(name))


def _scored(metric: Metric, part: pl.LazyFrame, name: str, whole: pl.DataFrame) -> pl.DataFrame:
    """What the metric says of a part of the problems; a refusal is no value for each score it gave of all."""
    problems = part.select("problem").unique().collect().height
    reason = f"no problem is {name}"
    if problems:
        try:
            return metric.score(part)
        except KcoderError as refusal:
            reason = refusal.message
    told = {"n": problems, "interval": reason}
    return frame(Score, [row | told for row in whole.select("benchmark", "language", "metric").to_dicts()])


def _passes(rows: pl.LazyFrame) -> dict[tuple[str, str], dict[str, tuple[int, int]]]:
    """Passes and samples of every problem, by benchmark and language."""
    import polars as pl

    counted = rows.group_by(PROBLEM).agg(c=(pl.col("verdict") == Verdict.PASSED.value).sum(), n=pl.len())
    found: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    for benchmark, language, problem, c, n in counted.sort(PROBLEM).collect().iter_rows():
        found.setdefault((benchmark, language), {})[problem] = (c, n)
    return found


def _worth(
    scores: pl.DataFrame, cut: Mapping[tuple[str, str], Passes], uncut: Mapping[tuple[str, str], Passes]
) -> Iterator[dict[str, Any]]:
    """The points that each pass@k gains by the cut, paired by problem."""
    for row in scores.to_dicts():
        name, _, k = row["metric"].partition("@")
        where = (row["benchmark"], row["language"])
        found = paired(cut[where], uncut[where], int(k)) if name == "pass" and k.isdigit() else None
        if found:
            told = {name: row[name] for name in ("benchmark", "language", "n", "samples", "isolation")}
            told |= {"value": found.points, "low": found.low, "high": found.high, "unit": "points"}
            told |= {"problems": "all", "interval": "paired bootstrap over problems"}
            yield told | {"metric": row["metric"] + CUT_LESS_UNCUT}
