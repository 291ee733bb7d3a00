"""A benchmark's problems through a generator: every answer kept as it is made, none asked for twice."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from kcoder.benchmark import Benchmark, Problem, TestProgram
from kcoder.choose import Use
from kcoder.errors import KcoderError
from kcoder.generator import Answer, Generator, Request
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import name_of, option
from kcoder.stage import Stage


class Asking(Stage):
    """A stage in which models write what follows the prompts of a benchmark, in one language."""

    benchmark: Use[Benchmark] = option(help="the problems")
    problems: int | None = option(None, "the first of them at most; all where not given", source="own choice", gt=0)
    language: Use[Language] = option(help="the language they are in")
    temperature: float = option(0.0, "0 always takes the likeliest token", source="own choice", ge=0)
    top_p: float = option(1.0, "share of the likeliest tokens that sampling looks at", source="own choice", gt=0, le=1)
    samples: int = option(1, "completions for each problem", source="own choice", gt=0)
    max_tokens: int = option(256, "tokens of a completion at most", source="own choice", gt=0)
    seed: int = option(0, "of the sampling", source="own choice")
    generator: Use[Generator] = option("transformers", "what completes the prompts", source="own choice")

    def asked(self) -> str:
        """The questions in a few words."""
        of = f"the first {self.problems} of " if self.problems else ""
        how = f"{self.samples} at temperature {self.temperature:g}"
        return f"{of}{self.benchmark.called()} in {self.language.name}, {how}"

    def completions(
        self, model: Path | None, stops: tuple[str, ...], kept: Path, host: Host
    ) -> tuple[list[dict[str, Any]], list[Answer]]:
        """Rows of Completion, one for each problem and sample in the benchmark's order, and the answers they are of.

        `stops` are the model's own; `kept` is a file as `answered` wants it.
        """
        problems = list(islice(self.benchmark.problems(self.language.name, host), self.problems))
        asked = {f"{problem.id}#{sample}": (problem, sample) for problem in problems for sample in range(self.samples)}
        if len(asked) != len(problems) * self.samples:
            raise KcoderError(f"the benchmark {name_of(self.benchmark)} has two problems of one id")
        stops = (*self.language.stops, *stops)
        requests = {name: self._request(name, *which, stops) for name, which in asked.items()}
        answers = answered(self.generator, model, requests, kept, host)
        return [self._row(*which, answers[name]) for name, which in asked.items()], [answers[name] for name in asked]

    def _request(self, name: str, problem: Problem, sample: int, stops: tuple[str, ...]) -> Request:
        return Request(
            id=name,
            prompt=problem.preface + problem.prompt,
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(self.seed, problem.id, sample),
            stops=stops,
            ended=self._ended(problem),
        )

    def _ended(self, problem: Problem) -> Callable[[str], int | None]:
        from kcoder.completions.ended import ended

        tests = problem.program or TestProgram(text="\n")  # calls are of the function alone
        how = {"entry": problem.entry, "head": tests.head, "tests": tests.text}
        return lambda text: ended(self.language, problem.prompt, text, **how)

    def _row(self, problem: Problem, sample: int, answer: Answer) -> dict[str, Any]:
        return {
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


def answered(
    generator: Generator, model: Path | None, requests: Mapping[str, Request], kept: Path, host: Host
) -> dict[str, Answer]:
    """The answer to every request, by id. Each batch stands in the file `kept` before the next is asked for, and none
    that stands there is asked for again.

    Raises KcoderError where the generator left requests without an answer.
    """
    answers = {answer.id: answer for answer in _kept(kept) if answer.id in requests}
    broken = kept.is_file() and kept.read_bytes()[-1:] not in (b"", b"\n")
    if answers:
        host.say(f"{len(answers):,} of {len(requests):,} completions are there already")
    kept.parent.mkdir(exist_ok=True)
    done = frozenset(answers)
    with generator.open(model, host) as complete, kept.open("ab") as written:
        if broken:  # a killed process left half a line; what follows must not be a part of it
            written.write(b"\n")
        for batch in complete(requests.values(), done=done):
            written.write(json.dumps([dataclasses.astuple(answer) for answer in batch]).encode() + b"\n")
            written.flush()
            os.fsync(written.fileno())
            answers |= {answer.id: answer for answer in batch if answer.id not in done}
    if missing := [name for name in requests if name not in answers]:
        raise KcoderError(f"{name_of(generator)} gave no answer to {len(missing)} prompts, {missing[0]} for one")
    return answers


def seed_of(seed: int, problem: str, sample: int) -> int:
    """The seed of one sample: no two share a stream of random numbers."""
    digest = hashlib.sha256(f"{seed}/{problem}/{sample}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def _kept(file: Path) -> Iterator[Answer]:
    """The answers of whole batches that an earlier attempt has written down."""
    for line in file.read_bytes().split(b"\n") if file.is_file() else []:
        with contextlib.suppress(ValueError, TypeError):  # the last line of a process that was killed
            yield from [Answer(*each) for each in json.loads(line)]
