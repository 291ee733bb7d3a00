"""Completions as a model wrote them, run beside those that were cut: what the cut is worth, or hides."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.executor import Executor
from kcoder.host import Host
from kcoder.judging import jobs, judge, outcome
from kcoder.language import Language
from kcoder.plugin import option
from kcoder.records import Completion, Outcome, Record, Uncut, Verdict, frame
from kcoder.stage import Facts, Input, Output, Stage, target


class ExecuteUncut(Stage):
    """Prompt and completion as they stand, with nothing cut off or taken out, are run and judged.

    A program that the cut has left as it was has been judged: its outcome is taken over, and it is not run again.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"uncut": Uncut}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "judged"

    completions: Input[Completion]
    #: what came of the same completions, cut
    outcomes: Input[Outcome]
    language: Use[Language] = option(help="the language of the programs")
    executor: Use[Executor] = option("sandbox", "what runs them", source="own choice")

    def describe(self) -> str:
        return f"{self.language.name}, nothing cut"

    def summary(self, facts: Facts) -> str:
        told = facts["verdicts"]
        return f"{told.get(Verdict.PASSED, 0)} of {sum(told.values())} passed uncut   {facts['unchanged']} the same cut"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        order = ["problem", "sample"]
        rows = pl.read_parquet(inputs[self.completions]).sort(order)
        cut = pl.read_parquet(inputs[self.outcomes]).sort(order)
        told = ((str(n), row) for n, row in enumerate(rows.iter_rows(named=True)))
        asked = list(jobs(self.language, told, as_it_stands=True))
        pairs = zip(asked, cut.iter_rows(named=True), strict=True)
        same = {job.id: found for job, found in pairs if _same(found, job.code)}
        kept = out / self.scratch / "judgements.jsonl"
        kept.parent.mkdir(exist_ok=True)
        judged = judge(self.executor, self.language, [job for job in asked if job.id not in same], host, kept)
        outcomes = [
            same[job.id] | {"cut": job.cut} if job.id in same else outcome(row, job, judged[job.id])
            for row, job in zip(rows.iter_rows(named=True), asked, strict=True)
        ]
        frame(Uncut, outcomes).write_parquet(target(out, "uncut", Uncut))
        levels = sorted({row["isolation"] for row in outcomes} - {""})
        verdicts = [row["verdict"] for row in outcomes]
        counted = {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}
        return {"verdicts": counted, "unchanged": len(same), "isolation": levels}


def _same(cut: Mapping[str, Any], code: str) -> bool:
    """Whether the cut program is this one; one that was refused has never run."""
    return bool(cut["verdict"] != Verdict.REFUSED and cut["program"].rstrip() == code.rstrip())
