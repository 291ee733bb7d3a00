"""Completions made elsewhere take the place of ours."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
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

#: what other tools call a problem and what was written for it
PROBLEM, TEXT = ("task_id", "problem", "name", "id"), ("completion", "text", "solution", "answer", "output")
ROW = '{"task_id": "HumanEval/0", "completion": "    return ..."}'
HINT = "give a JSON Lines file, which may be compressed: .jsonl, .jsonl.gz"


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
        return {"sha256": hashlib.sha256(self._read()).hexdigest()}

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
        empty = True
        for number, line in enumerate(self._read().split(b"\n"), 1):
            if not line.strip():
                continue
            empty = False
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise UsageError(f"{self.path}:{number}: {error}", f"each line is one completion: {ROW}") from None
            name, text = (_first(row, known) for known in (PROBLEM, TEXT))
            if name is None or not isinstance(text, str):
                raise UsageError(f"{self.path}:{number}: no problem and completion in this line", f"as in {ROW}")
            if str(name) not in problems:
                there = ", ".join(list(problems)[:3])
                raise UsageError(f"{self.path}:{number}: there is no problem {name}", f"there are {there}, ...")
            yield str(name), text
        if empty:
            raise UsageError(f"{self.path}: there are no completions in it", f"a line for each: {ROW}")

    def _read(self) -> bytes:
        path = Path(self.path).expanduser()
        try:
            return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError, zlib.error) as error:
            raise UsageError(f"{self.path}: {getattr(error, 'strerror', None) or error}", HINT) from None


def _first(row: Any, names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if name in row), None) if isinstance(row, dict) else None


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more problems" if len(names) > 3 else "")
