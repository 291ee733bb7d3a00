"""Completions in, verdicts out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from kcoder.choose import Use
from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.host import Host
from kcoder.language import Language
from kcoder.plugin import option
from kcoder.records import NOT_THE_MODELS, Completion, Outcome, Record, Verdict, frame
from kcoder.stage import Facts, Input, Output, Stage, target


class ExecutePrograms(Stage):
    """Prompt and completion, cut where the function ends, are run and judged.

    Times are left out of the outcomes, which are equal to the last bit whenever they are made.
    """

    produces: ClassVar[Mapping[str, type[Record]]] = {"outcomes": Outcome}

    completions: Input[Completion]
    language: Use[Language] = option(help="the language of the programs")
    executor: Use[Executor] = option("sandbox", "what runs them", source="own choice")

    def describe(self) -> str:
        return f"{self.language.name}, {self.executor.timeout:g} s and {self.executor.memory:,} MiB each"

    def summary(self, facts: Facts) -> str:
        told = facts["verdicts"]
        return f"{told.get(Verdict.PASSED, 0)} of {sum(told.values())} passed"

    def run(self, inputs: Mapping[Output[Any], Path], out: Path, host: Host) -> Facts:
        import polars as pl

        rows = pl.read_parquet(inputs[self.completions]).sort("problem", "sample").rows(named=True)
        jobs = [self._job(number, row) for number, row in enumerate(rows)]
        judged: dict[str, Judgement] = {}
        with self.executor.open(host) as execute:
            _self_test(execute, self.language)
            for judgement in execute(jobs):
                judged[judgement.id] = judgement
                host.progress(f"{len(judged):,} of {len(jobs):,} programs")
        _refuse_unjudged(list(judged.values()), self.language)
        outcomes = [_outcome(row, job, judged[job.id]) for row, job in zip(rows, jobs, strict=True)]
        frame(Outcome, outcomes).write_parquet(target(out, "outcomes", Outcome))
        return {
            "verdicts": dict(sorted(Counter(j.verdict.value for j in judged.values()).items())),
            "isolation": sorted({j.isolation for j in judged.values()}),
        }

    def _job(self, number: int, row: Mapping[str, Any]) -> Job:
        told = json.loads(row["tests"])
        code = row["prompt"] + self.language.cut(row["prompt"], row["text"])
        if isinstance(told, list):
            tests = self.language.calls(row["entry"], [(tuple(arguments), value) for arguments, value in told])
        else:
            code, tests = told["head"] + code, self.language.asserts(row["prompt"], told["text"])
        return Job(str(number), self.language, code, row["entry"], tests)


def _self_test(execute: Execute, language: Language) -> None:
    """Judge programs whose verdicts are known. A broken toolchain must not pass for a broken model."""
    known = {n: language.probes[n] for n in ("right", "wrong") if n in language.probes}
    jobs = [
        Job(name, language, probe.code, probe.entry, language.calls(probe.entry, probe.calls))
        for name, probe in known.items()
    ]
    for judgement in execute(jobs):
        right = known[judgement.id].verdict
        if judgement.verdict != right:
            raise MachineLacksError(
                f"the {language.name} sandbox failed its self-test: the program that is {judgement.id} was judged "
                f"'{judgement.verdict}' ({judgement.detail}); nothing was counted as wrong",
                f"kcoder doctor --languages {language.name}",
            )


def _outcome(row: Mapping[str, Any], job: Job, judgement: Judgement) -> dict[str, Any]:
    told = {name: row[name] for name in ("problem", "benchmark", "language", "sample")}
    found = {"verdict": judgement.verdict.value, "detail": judgement.detail, "isolation": judgement.isolation}
    return told | found | {"program": job.code}


def _refuse_unjudged(judgements: list[Judgement], language: Language) -> None:
    """Nothing that was never judged may pass for a wrong answer."""
    unjudged = [j for j in judgements if j.verdict in NOT_THE_MODELS]
    if unjudged:
        reason = f"{len(unjudged)} of {len(judgements)} programs could not be judged: {unjudged[0].detail}"
        raise MachineLacksError(f"{language.name}: {reason}", f"kcoder doctor --languages {language.name}")
