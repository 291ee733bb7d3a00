"""Of the checkpoints of a training, the one that solves most of the development problems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from kcoder.answering import Asking
from kcoder.choose import Use
from kcoder.executor import Executor
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.judging import jobs, judge, outcome
from kcoder.metric import Metric
from kcoder.paired import Passes, paired
from kcoder.plugin import load, name_of, option
from kcoder.records import Checkpoint, Checkpoints, Choice, History, Outcome, Record, Verdict, frame
from kcoder.stage import Facts, Input, Output, Stored, target


class SelectCheckpoint(Asking):
    """Asks each checkpoint that a training has kept, runs what it writes, and takes the one of the highest score; of
    equal ones that of the lowest validation loss.

    A choice among few problems is a noisy one: the facts tell how the chosen differs from that of the lowest validation
    loss on the same problems, with an interval.
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
        told = f"step {facts['step']:,}: {facts['metric']} {100 * facts['value']:.1f} % of {facts['n']}"
        lowest, gain = facts["lowest_loss"], facts["gain"]
        if lowest == facts["step"]:
            return f"{told}, the lowest validation loss too"
        clear = "" if gain["clear"] else ", no clear difference"
        return f"{told}   {gain['points']:+.1f} points to the lowest validation loss, step {lowest:,}{clear}"

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
        judged = {step: self._judged(folders[step], out / self.scratch / f"step-{step}", host) for step in folders}
        rows = [{"step": step, "valid": losses[step], **self._score(judged[step])} for step in sorted(folders)]
        best = max(rows, key=lambda row: (row["value"], -row["valid"], -row["step"]))
        lowest = min(rows, key=lambda row: (row["valid"], row["step"]))
        for row in rows:
            row["chosen"] = row is best
        frame(Choice, rows).write_parquet(target(out, "choice", Choice))
        why = f"step {best['step']} of {len(rows)} kept, by {best['metric']} on {self.benchmark.called()}"
        adopt(folders[best["step"]], target(out, "model", Checkpoint), why)
        gain = paired(_passes(judged[best["step"]]), _passes(judged[lowest["step"]]), self.k)
        told = {name: best[name] for name in ("step", "metric", "value", "n", "benchmark", "language")}
        points = gain and {"points": gain.points, "low": gain.low, "high": gain.high, "clear": gain.clear}
        return told | {"lowest_loss": lowest["step"], "gain": points, "among": [row["step"] for row in rows]}

    def _judged(self, model: Path, kept: Path, host: Host) -> list[dict[str, Any]]:
        """Rows of Outcome: what came of a checkpoint's answers."""
        from kcoder.training.card import read_card

        kept.mkdir(parents=True, exist_ok=True)
        rows, _ = self.completions(model, read_card(model).stops, kept / "batches.jsonl", host)
        asked = list(jobs(self.language, ((str(n), row) for n, row in enumerate(rows))))
        found = judge(self.executor, self.language, asked, host, kept / "judgements.jsonl")
        return [outcome(row, job, found[job.id]) for row, job in zip(rows, asked, strict=True)]

    def _score(self, outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
        metric: Metric = load("metrics", "pass@k")(k=(self.k,))
        [row] = metric.score(frame(Outcome, list(outcomes)).lazy()).rows(named=True)
        return {name: row[name] for name in ("benchmark", "language", "metric", "value", "low", "high", "k", "n")}


def _losses(history: Path) -> dict[int, float]:
    """The validation loss of each step at which it was measured."""
    rows = [json.loads(line) for line in history.read_text("utf-8").splitlines()]
    return {row["step"]: row["valid"] for row in rows if "valid" in row}


def _passes(outcomes: Sequence[Mapping[str, Any]]) -> Passes:
    """Passes and samples of each problem."""
    found: dict[str, tuple[int, int]] = {}
    for row in outcomes:
        passed, samples = found.get(row["problem"], (0, 0))
        found[row["problem"]] = (passed + (row["verdict"] == Verdict.PASSED), samples + 1)
    return found
