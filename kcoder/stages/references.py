"""A benchmark's own solutions, judged as a model's would be: what they cannot pass, no model can."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from kcoder.benchmark import Benchmark
from kcoder.choose import Use
from kcoder.executor import Executor, Judgement
from kcoder.host import Host
from kcoder.judging import counts, job, judge
from kcoder.language import Language
from kcoder.plugin import name_of, option
from kcoder.records import Record, Reference, Verdict, frame
from kcoder.stage import Facts, Output, Stage, target

#: share of a program's time that a right solution may take before its machine is called slow
SLOW = 0.5


class ExecuteReferences(Stage):
    """The reference solution of each problem that has one, through the same cut, toolchain and limits as a completion.

    A problem whose own solution fails is named, and left out of every score of this benchmark and language.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"references": Reference}

    benchmark: Use[Benchmark] = option(help="the problems")
    problems: int | None = option(None, "the first of them at most; all where not given", source="own choice", gt=0)
    language: Use[Language] = option(help="the language they are in")
    executor: Use[Executor] = option("sandbox", "what runs them", source="own choice")

    def describe(self) -> str:
        of = f"the first {self.problems} of " if self.problems else ""
        return f"the solutions of {of}{self.benchmark.called()} in {self.language.name}"

    def summary(self, facts: Facts) -> str:
        failed = facts["failed"]
        if not facts["references"]:
            return "no reference solutions"
        told = f"{facts['references'] - len(failed)} of {facts['references']} reference solutions passed"
        return f"{told}   not counted: {', '.join(failed[:3])}{' ...' if len(failed) > 3 else ''}" if failed else told

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        problems = {
            p.id: p for p in islice(self.benchmark.problems(self.language.name, host), self.problems) if p.solution
        }
        jobs = [
            job(
                problem.id,
                self.language,
                prompt=problem.prompt,
                text=problem.solution,
                entry=problem.entry,
                tests=json.dumps(problem.asked()),
            )
            for problem in problems.values()
        ]
        judged = judge(self.executor, self.language, jobs, host)
        self._warn_of_a_slow_machine(judged, host)
        rows = [
            {
                "problem": each.id,
                "benchmark": self.benchmark.called(),
                "language": self.language.name,
                "verdict": judged[each.id].verdict.value,
                "detail": judged[each.id].detail,
                "program": each.code,
                "isolation": judged[each.id].isolation,
            }
            for each in jobs
        ]
        frame(Reference, rows).write_parquet(target(out, "references", Reference))
        failed = {name: found.detail for name, found in judged.items() if found.verdict != Verdict.PASSED}
        return {"references": len(jobs), "failed": sorted(failed), "why": failed, "verdicts": counts(judged)}

    def _warn_of_a_slow_machine(self, judged: Mapping[str, Judgement], host: Host) -> None:
        """A solution that is right takes a small part of the time that a program may, or its time-outs mean little."""
        most = self.executor.timeout
        slow = [each for each in judged.values() if each.verdict == Verdict.PASSED and each.seconds > SLOW * most]
        if slow:
            worst = max(slow, key=lambda each: each.seconds)
            took = f"the benchmark's own solution of {worst.id} took {worst.seconds:.1f} of {most:g} s here"
            cure = f"executor: {{{name_of(self.executor)}: {{timeout: {math.ceil(worst.seconds / SLOW)}}}}}"
            host.say(f"{self.language.name}: {took}; what times out may do so for this machine alone: {cure}")
