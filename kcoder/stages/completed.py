"""Completions made elsewhere take the place of ours."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.benchmark import Benchmark, Problem
from kcoder.choose import Use
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import option
from kcoder.records import Completion, Record, frame
from kcoder.stage import Facts, Output, Stage, target


class ReadCompletions(Stage):
    """A JSON Lines file with a completion or an answer in prose a line, for problems of a benchmark: `task_id` and
    `completion`, or the names that other tools have for them.

    Several lines of one problem are its samples, in their order. Every problem must have as many.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"completions": Completion}
    unkeyed: ClassVar[frozenset[str]] = frozenset({"path"})

    path: str = option(help="the JSON Lines file, perhaps compressed: .jsonl, .jsonl.gz")
    benchmark: Use[Benchmark] = option(help="whose problems they answer")
    language: Use[Language] = option(help="the language they are in")
    answered: bool = option(
        False, "look at the problems that are answered, and leave the others out", source="own choice"
    )

    def world(self) -> dict[str, Any]:
        from kcoder.tables.answers import content

        return {"sha256": hashlib.sha256(content(self.path)).hexdigest()}

    def describe(self) -> str:
        return f"{Path(self.path).name} for {self.benchmark.called()} in {self.language.name}"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        problems = {problem.id: problem for problem in self.benchmark.problems(self.language.name, host)}
        found = list(self._rows(problems))
        samples = Counter(name for name, _ in found)
        missing = [name for name in problems if name not in samples]
        if missing and not self.answered:
            raise UsageError(
                f"{self.path}: {_some(missing)} have no completion",
                "say --answered to score the others alone: the number of problems is then printed with the score",
            )
        most = max(samples.values(), default=0)
        if few := [name for name in problems if 0 < samples[name] < most]:
            raise UsageError(f"{self.path}: {_some(few)} have fewer completions than others, which have {most}")
        seen: Counter[str] = Counter()
        rows = []
        for name, text in found:
            rows.append(self._row(problems[name], seen[name], text))
            seen[name] += 1
        order = {name: place for place, name in enumerate(problems)}
        rows.sort(key=lambda row: (order[row["problem"]], row["sample"]))
        frame(Completion, rows).write_parquet(target(out, "completions", Completion))
        return {"completions": len(rows), "problems": len(samples), "samples": most, "missing": missing}

    def _row(self, problem: Problem, sample: int, text: str) -> dict[str, Any]:
        return {
            "problem": problem.id,
            "benchmark": self.benchmark.called(),
            "language": self.language.name,
            "sample": sample,
            "prompt": problem.prompt,
            "text": text,
            "finish": "stop",
            "entry": problem.entry,
            "tests": json.dumps(problem.asked()),
        }

    def _rows(self, problems: Mapping[str, Problem]) -> Iterator[tuple[str, str]]:
        """Problem and completion of each line. Raises UsageError with the line that is none."""
        from kcoder.tables.answers import answers

        for each in answers(self.path):
            if each.problem not in problems:
                there = ", ".join(list(problems)[:3])
                raise UsageError(
                    f"{self.path}:{each.line}: there is no problem {each.problem}", f"there are {there}, ..."
                )
            yield each.problem, each.text


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more problems" if len(names) > 3 else "")
