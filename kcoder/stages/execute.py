"""Completions in, verdicts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.executor import Executor
from kcoder.host import Host
from kcoder.judging import counts, jobs, judge, outcome
from kcoder.language import Language
from kcoder.plugin import option
from kcoder.records import Completion, Outcome, Record, Verdict, frame
from kcoder.stage import Facts, Input, Output, Stage, target


class ExecutePrograms(Stage):
    """Prompt and completion, cut where the function ends, are run and judged.

    Times are left out of the outcomes, which are equal to the last bit whenever they are made. What was judged before
    an interruption is not judged again.
    """

    revision: ClassVar[int] = 2
    produces: ClassVar[Mapping[str, type[Record]]] = {"outcomes": Outcome}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "judged"

    completions: Input[Completion]
    language: Use[Language] = option(help="the language of the programs")
    executor: Use[Executor] = option("sandbox", "what runs them", source="own choice")

    def describe(self) -> str:
        return f"{self.language.name}, {self.executor.timeout:g} s and {self.executor.memory:,} MiB each"

    def summary(self, facts: Facts) -> str:
        told = facts["verdicts"]
        return f"{told.get(Verdict.PASSED, 0)} of {sum(told.values())} passed"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.read_parquet(inputs[self.completions]).sort("problem", "sample")
        asked = list(jobs(self.language, ((str(n), row) for n, row in enumerate(rows.iter_rows(named=True)))))
        kept = out / self.scratch / "judgements.jsonl"
        kept.parent.mkdir(exist_ok=True)
        judged = judge(self.executor, self.language, asked, host, kept)
        outcomes = [
            outcome(row, job, judged[job.id]) for row, job in zip(rows.iter_rows(named=True), asked, strict=True)
        ]
        frame(Outcome, outcomes).write_parquet(target(out, "outcomes", Outcome))
        levels = sorted({judgement.isolation for judgement in judged.values()})
        return {"verdicts": counts(judged), "failures": _failures(outcomes), "isolation": levels}


def _failures(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many programs came to each failure and cause, the most frequent first."""
    found = Counter((row["failure"], row["cause"]) for row in outcomes if "failure" in row)
    order = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return [{"failure": failure, "cause": cause, "count": count} for (failure, cause), count in order]
