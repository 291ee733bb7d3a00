"""A model writes what follows the prompts of a benchmark. Nothing is run or judged here."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.benchmark import Benchmark
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator, Request
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import name_of, option
from kcoder.records import Checkpoint, Completion, Record, frame
from kcoder.stage import Facts, Input, Output, Stage, target


class CompleteProblems(Stage):
    """Raw completions, a row for each problem and sample in the benchmark's order. Judging cuts them."""

    produces: ClassVar[Mapping[str, type[Record]]] = {"completions": Completion}
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "answers"

    model: Input[Checkpoint]
    benchmark: Use[Benchmark] = option(help="the problems")
    language: Use[Language] = option(help="the language they are in")
    temperature: float = option(0.0, "0 always takes the likeliest token", source="own choice", ge=0)
    top_p: float = option(1.0, "share of the likeliest tokens that sampling looks at", source="own choice", gt=0, le=1)
    samples: int = option(1, "completions for each problem", source="own choice", gt=0)
    max_tokens: int = option(256, "tokens of a completion at most", source="own choice", gt=0)
    seed: int = option(0, "of the sampling", source="own choice")
    generator: Use[Generator] = option("transformers", "what completes the prompts", source="own choice")

    def describe(self) -> str:
        asked = f"{self.samples} at temperature {self.temperature:g}"
        return f"{name_of(self.benchmark)} in {self.language.name}, {asked}"

    def summary(self, facts: Facts) -> str:
        cut = f"   {facts['cut_at_length']:,} cut at the length" if facts["cut_at_length"] else ""
        return f"{facts['completions']:,} completions of {facts['problems']:,} problems{cut}"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        from kcoder.training.card import read_card

        card = read_card(inputs[self.model])
        problems = list(self.benchmark.problems(self.language.name, host))
        requests = {
            f"{problem.id}#{sample}": Request(
                id=f"{problem.id}#{sample}",
                prompt=problem.prompt,
                temperature=self.temperature,
                top_p=self.top_p,
                max_tokens=self.max_tokens,
                seed=_seed(self.seed, problem.id, sample),
                stops=(*self.language.stops, *card.stops),
            )
            for problem in problems
            for sample in range(self.samples)
        }
        if len(requests) != len(problems) * self.samples:
            raise KcoderError(f"the benchmark {name_of(self.benchmark)} has two problems of one id")
        answers = {answer.id: answer for answer in self._answers(inputs[self.model], requests, out, host)}
        if missing := [name for name in requests if name not in answers]:
            raise KcoderError(
                f"{name_of(self.generator)} gave no answer to {len(missing)} prompts, {missing[0]} for one"
            )
        rows = []
        for problem in problems:
            for sample in range(self.samples):
                answer = answers[f"{problem.id}#{sample}"]
                rows.append(
                    {
                        "problem": problem.id,
                        "benchmark": name_of(self.benchmark),
                        "language": self.language.name,
                        "sample": sample,
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
            # full length, or a prompt that left no room in the model's context
            "cut_at_length": sum(answer.finish == "length" for answer in answers.values()),
            "context": card.context,
        }

    def _answers(self, model: Path, requests: Mapping[str, Request], out: Path, host: Host) -> Iterator[Answer]:
        """Every answer; each batch is on disk before the next is asked for, and none is asked for twice."""
        file = out / self.scratch / "batches.jsonl"
        kept = {answer.id: answer for answer in _kept(file) if answer.id in requests}
        yield from kept.values()
        if kept:
            host.say(f"{len(kept):,} of {len(requests):,} completions are there already")
        file.parent.mkdir(exist_ok=True)
        with self.generator.open(model, host) as complete, file.open("ab") as written:
            for batch in complete(requests.values(), done=kept.keys()):
                written.write(json.dumps([dataclasses.astuple(answer) for answer in batch]).encode() + b"\n")
                written.flush()
                os.fsync(written.fileno())
                yield from (answer for answer in batch if answer.id not in kept)


def _kept(file: Path) -> Iterator[Answer]:
    """The answers of whole batches that an earlier attempt has written down."""
    for line in file.read_bytes().split(b"\n") if file.is_file() else []:
        with contextlib.suppress(ValueError, TypeError):  # the last line of a process that was killed
            yield from [Answer(*each) for each in json.loads(line)]


def _seed(seed: int, problem: str, sample: int) -> int:
    digest = hashlib.sha256(f"{seed}/{problem}/{sample}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
