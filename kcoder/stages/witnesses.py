"""Recorded answers to problems that have no solution of their own, judged as a model's would be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from kcoder.benchmark import Benchmark, Problem
from kcoder.choose import Use
from kcoder.errors import UsageError
from kcoder.executor import Executor
from kcoder.host import Host
from kcoder.judging import jobs, judge
from kcoder.language import Language
from kcoder.plugin import option
from kcoder.records import Record, Verdict, Witness, frame
from kcoder.stage import Facts, Output, Stage, target


class ExecuteWitnesses(Stage):
    """Answers that others, strong models say, have given: through the same cut, toolchain and limits as a completion.

    A problem that some witness passes can be passed here. One that none passes is named, and is scored all the same: a
    witness that fails may be wrong itself, unlike a benchmark's own solution.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"witnesses": Witness}
    unkeyed: ClassVar[frozenset[str]] = frozenset({"files"})
    resumable: ClassVar[bool] = True
    scratch: ClassVar[str] = "judged"

    benchmark: Use[Benchmark] = option(help="the problems")
    problems: int | None = option(None, "the first of them at most; all where not given", source="own choice", gt=0)
    language: Use[Language] = option(help="the language they are in")
    files: tuple[str, ...] = option(help="JSON Lines, perhaps compressed: .jsonl, .jsonl.gz")
    executor: Use[Executor] = option("sandbox", "what runs them", source="own choice")

    def world(self) -> dict[str, Any]:
        from kcoder.tables.answers import content

        return {"sha256": [hashlib.sha256(content(path)).hexdigest() for path in self.files]}

    def describe(self) -> str:
        return f"recorded answers to {self.benchmark.called()} in {self.language.name}"

    def summary(self, facts: Facts) -> str:
        failed, without = facts["none_passes"], facts["without"]
        told = f"{facts['passed']} of {facts['problems']} problems are passed by a witness"
        if failed:
            told += f"   none passes: {', '.join(failed[:3])}{' ...' if len(failed) > 3 else ''}"
        return f"{told}   {len(without)} have none" if without else told

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        problems = [
            p for p in islice(self.benchmark.problems(self.language.name, host), self.problems) if not p.solution
        ]
        told = self._told(problems, host)
        answered = (
            (f"{p.id}#{n}", {"prompt": p.prompt, "text": text, "entry": p.entry, "tests": json.dumps(p.asked())})
            for p in problems
            for n, (_, text) in enumerate(told.get(p.id, ()))
        )
        asked = list(jobs(self.language, answered))
        kept = out / self.scratch / "judgements.jsonl"
        kept.parent.mkdir(exist_ok=True)
        judged = judge(self.executor, self.language, asked, host, kept)
        rows = []
        for each in asked:
            problem, _, n = each.id.rpartition("#")
            found = judged[each.id]
            witness = {"problem": problem, "witness": int(n), "file": told[problem][int(n)][0]}
            seen = {"verdict": found.verdict.value, "detail": found.detail, "isolation": found.isolation}
            rows.append(witness | seen | {"program": each.code, "cut": each.cut})
        rows += [{"problem": p.id} for p in problems if p.id not in told]
        place = {"benchmark": self.benchmark.called(), "language": self.language.name}
        frame(Witness, [place | row for row in rows]).write_parquet(target(out, "witnesses", Witness))
        passed = {row["problem"] for row in rows if row.get("verdict") == Verdict.PASSED}
        return {
            "problems": len(problems),
            "witnesses": len(asked),
            "passed": len(passed),
            "none_passes": [p.id for p in problems if p.id in told and p.id not in passed],
            "without": [p.id for p in problems if p.id not in told],
        }

    def _told(self, problems: Sequence[Problem], host: Host) -> dict[str, list[tuple[str, str]]]:
        """The witnesses of each problem that has some, as the name of their file and what they wrote.

        Raises UsageError where a file holds none: it is then not of this benchmark.
        """
        from kcoder.tables.answers import answers

        asked = {problem.id for problem in problems}
        told: dict[str, list[tuple[str, str]]] = {}
        for path in self.files:
            mine = [each for each in answers(path) if each.language in ("", self.language.name)]
            known = [each for each in mine if each.problem in asked]
            if asked and mine and not known:
                there = ", ".join(problem.id for problem in problems[:3])
                message = f"{path}: no line is a witness of {self.benchmark.called()} in {self.language.name}"
                raise UsageError(f"{message}: {mine[0].problem} is none of its problems", f"there are {there}, ...")
            if len(known) < len(mine):
                host.say(f"{path}: {len(mine) - len(known):,} lines are of no problem that lacks a solution")
            for each in known:
                told.setdefault(each.problem, []).append((Path(path).name, each.text))
        return told
