"""Outcomes in, scores out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.host import Host
from kcoder.metric import Metric
from kcoder.plugin import option
from kcoder.records import Outcome, Record, Score, schema
from kcoder.stage import Facts, Input, Output, Stage, target


class ScoreOutcomes(Stage):
    """Every metric over the outcomes of one model at one temperature, in all its languages."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"scores": Score}

    outcomes: tuple[Input[Outcome], ...]
    of: str = option(help="base or tuned")
    temperature: float = option(0.0, "what the samples were drawn at", source="evaluate.temperature")
    metrics: tuple[Use[Metric], ...] = option(("pass@k",), "what is counted", source="own choice")

    def describe(self) -> str:
        return f"{len(self.outcomes)} language{'s' if len(self.outcomes) > 1 else ''}, {self.of}"

    def summary(self, facts: Facts) -> str:
        return "   ".join(f"{s['language']} {s['metric']} {100 * s['value']:.1f} %" for s in facts["scores"])

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.concat([pl.scan_parquet(inputs[o]) for o in self.outcomes])
        scores = pl.concat([metric.score(rows) for metric in self.metrics])
        told = scores.with_columns(of=pl.lit(self.of), temperature=pl.lit(self.temperature))
        told = told.select(list(Score.columns)).cast(dict(schema(Score)))  # type: ignore[arg-type]
        told.write_parquet(target(out, "scores", Score))
        return {"scores": told.select("language", "metric", "value", "k", "n").to_dicts()}
