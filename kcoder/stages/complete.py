"""A model writes what follows the prompts of a benchmark. Nothing is run or judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.answering import Asking
from kcoder.forecast import Forecast
from kcoder.host import Host
from kcoder.plugin import name_of
from kcoder.records import Checkpoint, Completion, Record, frame
from kcoder.stage import Facts, Input, Output, Stored, target


class CompleteProblems(Asking):
    """Raw completions, a row for each problem and sample in the benchmark's order. Judging cuts them."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"completions": Completion}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "answers"

    #: none where the generator brings its own
    model: Input[Checkpoint] | None = None

    def describe(self) -> str:
        return self.asked()

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        from kcoder.training.forecast import answers

        if self.model is None or name_of(self.generator) != "transformers":
            return None
        return answers(self.model, getattr(self.generator, "batch", 1), stored)

    def summary(self, facts: Facts) -> str:
        cut = f"   {facts['cut_at_length']:,} cut at the length" if facts["cut_at_length"] else ""
        return f"{facts['completions']:,} completions of {facts['problems']:,} problems{cut}"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.card import read_card

        model = inputs[self.model] if self.model else None
        card = read_card(model) if model else None
        kept = out / self.scratch / "batches.jsonl"
        rows, answers = self.completions(model, card.stops if card else (), kept, host)
        frame(Completion, rows).write_parquet(target(out, "completions", Completion))
        return {
            "problems": len(rows) // self.samples,
            "completions": len(rows),
            "tokens": sum(answer.tokens for answer in answers),
            "prompt_tokens": sum(answer.prompt_tokens for answer in answers),
            "finish": dict(sorted(Counter(answer.finish for answer in answers).items())),
            "repeatable": self.generator.repeatable,
            # full length, or a prompt that left no room in the model's context
            "cut_at_length": sum(answer.finish == "length" for answer in answers),
            "context": card.context if card else None,
        }
