"""A model writes what follows the prompts of a benchmark. Nothing is run or judged here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from kcoder.answering import answered, seed_of
from kcoder.benchmark import Benchmark, Problem, TestProgram
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.forecast import Forecast
from kcoder.generator import Generator, Request
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import name_of, option
from kcoder.records import Checkpoint, Completion, Record, frame
from kcoder.stage import Facts, Input, Output, Stage, Stored, target


class CompleteProblems(Stage):
    """Raw completions, a row for each problem and sample in the benchmark's order. Judging cuts them."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"completions": Completion}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "answers"

    #: none where the generator brings its own
    model: Input[Checkpoint] | None = None
    benchmark: Use[Benchmark] = option(help="the problems")
    problems: int | None = option(None, "the first of them at most; all where not given", source="own choice", gt=0)
    language: Use[Language] = option(help="the language they are in")
    temperature: float = option(0.0, "0 always takes the likeliest token", source="own choice", ge=0)
    top_p: float = option(1.0, "share of the likeliest tokens that sampling looks at", source="own choice", gt=0, le=1)
    samples: int = option(1, "completions for each problem", source="own choice", gt=0)
    max_tokens: int = option(256, "tokens of a completion at most", source="own choice", gt=0)
    seed: int = option(0, "of the sampling", source="own choice")
    generator: Use[Generator] = option("transformers", "what completes the prompts", source="own choice")

    def describe(self) -> str:
        asked = f"{self.samples} at temperature {self.temperature:g}"
        of = f"the first {self.problems} of " if self.problems else ""
        return f"{of}{self.benchmark.called()} in {self.language.name}, {asked}"

    def forecast(self, stored: Stored, place: Path, *, probe: bool) -> Forecast | None:
        from kcoder.training.forecast import answers

        if self.model is None or name_of(self.generator) != "transformers":
            return None
        return answers(self.model, getattr(self.generator, "batch", 1), stored)

    def summary(self, facts: Facts) -> str:
        cut = f"   {facts['cut_at_length']:,} cut at the length" if facts["cut_at_length"] else ""
        return f"{facts['completions']:,} completions of {facts['problems']:,} problems{cut}"

    def _ended(self, problem: Problem) -> Callable[[str], int | None]:
        from kcoder.completions.ended import ended

        tests = problem.program or TestProgram(text="\n")  # calls are of the function alone
        how = {"entry": problem.entry, "head": tests.head, "tests": tests.text}
        return lambda text: ended(self.language, problem.prompt, text, **how)

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.card import read_card

        model = inputs[self.model] if self.model else None
        card = read_card(model) if model else None
        problems = list(islice(self.benchmark.problems(self.language.name, host), self.problems))
        requests = {
            f"{problem.id}#{sample}": Request(
                id=f"{problem.id}#{sample}",
                prompt=problem.preface + problem.prompt,
                temperature=self.temperature,
                top_p=self.top_p,
                max_tokens=self.max_tokens,
                seed=seed_of(self.seed, problem.id, sample),
                stops=(*self.language.stops, *(card.stops if card else ())),
                ended=self._ended(problem),
            )
            for problem in problems
            for sample in range(self.samples)
        }
        if len(requests) != len(problems) * self.samples:
            raise KcoderError(f"the benchmark {name_of(self.benchmark)} has two problems of one id")
        answers = answered(self.generator, model, requests, out / self.scratch / "batches.jsonl", host)
        rows = []
        for problem in problems:
            for sample in range(self.samples):
                answer = answers[f"{problem.id}#{sample}"]
                rows.append(
                    {
                        "problem": problem.id,
                        "benchmark": self.benchmark.called(),
                        "language": self.language.name,
                        "sample": sample,
                        "preface": problem.preface,
                        "prompt": problem.prompt,
                        "text": answer.text,
                        "finish": answer.finish,
                        "tokens": answer.tokens,
                        "entry": problem.entry,
                        "tests": json.dumps(problem.asked()),
                    }
                )
        frame(Completion, rows).write_parquet(target(out, "completions", Completion))
        return {
            "problems": len(problems),
            "completions": len(rows),
            "tokens": sum(answer.tokens for answer in answers.values()),
            "prompt_tokens": sum(answer.prompt_tokens for answer in answers.values()),
            "finish": dict(sorted(Counter(answer.finish for answer in answers.values()).items())),
            "repeatable": self.generator.repeatable,
            # full length, or a prompt that left no room in the model's context
            "cut_at_length": sum(answer.finish == "length" for answer in answers.values()),
            "context": card.context if card else None,
        }
