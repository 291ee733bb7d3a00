"""Of the checkpoints of a training, the one that solves most of the development problems."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from kcoder.answering import Asking
from kcoder.choose import Use
from kcoder.estimates import firm, pass_at
from kcoder.executor import Executor
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.judging import jobs, judge, outcome
from kcoder.metric import Metric
from kcoder.plugin import load, name_of, option
from kcoder.records import Checkpoint, Checkpoints, Choice, History, Outcome, Record, Verdict, frame
from kcoder.stage import Facts, Input, Output, Stored, target


class SelectCheckpoint(Asking):
    """Asks each checkpoint that a training has kept, runs what it writes, and takes the one of the highest score; of
    equal ones that of the lowest validation loss.

    The score of what was chosen flatters it: it was chosen for that. How firm the choice is, the facts tell: in what
    share of redraws of the problems the same checkpoint would have been chosen.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"model": Checkpoint, "choice": Choice}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "asked"

    kept: Input[Checkpoints]
    history: Input[History]
    k: int = option(1, "the k of pass@k, which decides", source="own choice", gt=0)
    executor: Use[Executor] = option("sandbox", "what runs programs", source="own choice")

    def describe(self) -> str:
        return f"by pass@{self.k} on {self.asked()}"

    def summary(self, facts: Facts) -> str:
        among = f"one of {len(facts['among'])}" if len(facts["among"]) > 1 else "the only one kept"
        told = f"step {facts['step']:,}, {among}: {facts['metric']} {100 * facts['value']:.1f} % of {facts['n']}"
        firm = f"   chosen in {100 * facts['firm']:.0f} % of redraws" if len(facts["among"]) > 1 else ""
        lowest = facts["lowest_loss"]
        same = "   the lowest validation loss too" if lowest == facts["step"] else f"   lowest loss: step {lowest:,}"
        return told + firm + same

    def foretold(self, stored: Stored) -> Mapping[str, Any]:
        return self.kept.step.stage.foretold(stored)

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        from kcoder.training.forecast import answers

        if name_of(self.generator) != "transformers":
            return None
        return answers(Output(self.kept.step, "model"), getattr(self.generator, "batch", 1), stored)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.checkpoint import adopt

        losses = _losses(inputs[self.history])
        folders = {int(folder.name.removeprefix("step-")): folder for folder in inputs[self.kept].iterdir()}
        if len(folders) == 1:
            host.say("one checkpoint was kept, so there is nothing to choose: a smaller train.save_every keeps more")
        # of equal scores the first is taken: the lowest loss, and the earliest step
        order = sorted(folders, key=lambda step: (losses[step], step))
        judged = {step: self._judged(step, folders[step], out / self.scratch, host) for step in order}
        rows = [{"step": step, "valid": losses[step], **self._score(judged[step])} for step in order]
        best = max(rows, key=lambda row: row["value"])
        told = [{**row, "chosen": row is best} for row in sorted(rows, key=lambda row: row["step"])]
        frame(Choice, told).write_parquet(target(out, "choice", Choice))
        final = target(out, "model", Checkpoint)
        shutil.rmtree(final, ignore_errors=True)  # of a run that was killed after this
        why = f"step {best['step']}, one of {len(rows)} kept, by {best['metric']} on {self.benchmark.called()}"
        adopt(folders[best["step"]], final, why)
        return {
            **{name: best[name] for name in ("step", "metric", "value", "n", "benchmark", "language")},
            "lowest_loss": order[0],
            "firm": firm([_values(judged[step], self.k) for step in order]),
            "among": sorted(folders),
            "isolation": sorted({row["isolation"] for each in judged.values() for row in each} - {""}),
        }

    def _judged(self, step: int, model: Path, scratch: Path, host: Host) -> list[dict[str, Any]]:
        """Rows of Outcome: what came of a checkpoint's answers."""
        from kcoder.training.card import read_card

        kept = scratch / f"step-{step}"
        kept.mkdir(parents=True, exist_ok=True)
        say, progress = host.say, host.progress
        host = replace(
            host,
            say=lambda line: say(f"step {step:,}: {line}"),
            progress=lambda line: progress(f"step {step:,}: {line}"),
        )
        rows, _ = self.completions(model, read_card(model).stops, kept / "batches.jsonl", host)
        asked = list(jobs(self.language, ((str(n), row) for n, row in enumerate(rows))))
        found = judge(self.executor, self.language, asked, host, kept / "judgements.jsonl")
        return [outcome(row, job, found[job.id]) for row, job in zip(rows, asked, strict=True)]

    def _score(self, outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        metric: Metric = load("metrics", "pass@k")(k=(self.k,))
        [row] = metric.score(frame(Outcome, list(outcomes)).lazy()).rows(named=True)
        return {name: row[name] for name in Choice.columns if name in row}


def _losses(history: Path) -> dict[int, float]:
    """The validation loss of each step at which it was measured."""
    rows = [json.loads(line) for line in history.read_text("utf-8").splitlines()]
    return {row["step"]: row["valid"] for row in rows if "valid" in row}


def _values(outcomes: Sequence[Mapping[str, Any]], k: int) -> list[float]:
    """pass@k of each problem, in the order of their ids."""
    passed: dict[str, list[bool]] = {}
    for row in outcomes:
        passed.setdefault(row["problem"], []).append(row["verdict"] == Verdict.PASSED)
    return [pass_at(k, sum(passed[name]), len(passed[name])) for name in sorted(passed)]
