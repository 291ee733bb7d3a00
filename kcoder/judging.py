"""Programs of one language through an executor: proven first, kept as they are judged, counted only when they were."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.failures import failure, reaches_end
from kcoder.host import Host
from kcoder.language import Language, Tests
from kcoder.records import NOT_THE_MODELS, Verdict

Row = Mapping[str, Any]
#: faults of a text in which there is no program, in words
NOTHING = {"empty": "nothing was written", "refused": "prose without code"}


def jobs(language: Language, rows: Iterable[tuple[str, Row]], as_it_stands: bool = False) -> Iterator[Job]:
    """The jobs that judge completions or answers in prose, told as (id, row of `prompt`, `text`, `entry`, `tests`).

    `tests` is JSON: rows of (arguments, expected), or a test program with what stands before the prompt:
    `{"head": ..., "text": ...}`. It is read once for all samples of a problem, which share it.

    `as_it_stands` cuts nothing. Braces that the tests bring themselves are left out even then: they are theirs.
    """
    from kcoder.completions.cut import cut, opened, uncut
    from kcoder.expressions.bare import unclosed

    known: dict[tuple[str, str, str], tuple[str, str, Tests]] = {}
    for name, row in rows:
        prompt, text, entry = row["prompt"], row["text"], row["entry"]
        problem = (prompt, entry, row["tests"])
        if problem not in known:
            known[problem] = _asked(language, *problem)
        head, program, tests = known[problem]
        found = uncut(prompt, text) if as_it_stands else cut(language, prompt, text, entry, program)
        left = unclosed(found.code) if program and as_it_stands else 0
        code = head + opened(found.code, program, left) if program else found.code
        yield Job(name, language, code, entry, tests, found.how, found.fault)


def job(name: str, language: Language, *, prompt: str, text: str, entry: str, tests: str) -> Job:
    """The job of one completion."""
    [made] = jobs(language, [(name, {"prompt": prompt, "text": text, "entry": entry, "tests": tests})])
    return made


def _asked(language: Language, prompt: str, entry: str, tests: str) -> tuple[str, str, Tests]:
    """What stands before the prompt, the test program as it is written, and the tests as the language runs them."""
    told = json.loads(tests)
    if isinstance(told, list):
        return "", "", language.calls(entry, [(tuple(arguments), value) for arguments, value in told])
    return told["head"], told["text"], language.asserts(prompt, told["text"])


def outcome(row: Row, job: Job, judgement: Judgement) -> dict[str, Any]:
    """A row of Outcome, of a row of Completion with its job and what came of it."""
    told = {name: row[name] for name in ("problem", "benchmark", "language", "sample")}
    cut_off = row["finish"] == "length" and reaches_end(job.code, row["text"])
    why = failure(judgement.verdict, judgement.detail, job.language.causes, cut_off)
    found = {"verdict": judgement.verdict.value, "detail": judgement.detail, "isolation": judgement.isolation}
    return told | found | {"program": job.code, "cut": job.cut} | (dataclasses.asdict(why) if why else {})


def judge(
    executor: Executor, language: Language, jobs: Sequence[Job], host: Host, kept: Path | None = None
) -> dict[str, Judgement]:
    """The judgement on every job, by id. With `kept`, a file, those that stand in it are not judged again, and new
    ones are added as they come.

    Raises MachineLacksError where the language's toolchain or the sandbox judges known programs wrongly, and where a
    program could not be judged at all: what was never judged must not pass for wrong.
    """
    judged = {job.id: _refused(job) for job in jobs if job.fault in NOTHING}
    judged |= {found.id: found for found in _kept(kept) if found.id in {job.id for job in jobs}} if kept else {}
    waiting = [job for job in jobs if job.id not in judged]
    if not waiting:
        return judged
    faults = {job.id: job.fault for job in waiting}
    with contextlib.ExitStack() as opened:
        execute = opened.enter_context(executor.open(host))
        written = opened.enter_context(kept.open("ab", buffering=0)) if kept else None
        _prove(execute, language)
        for judgement in execute(_by_turns(waiting)):
            if judgement.verdict in NOT_THE_MODELS:
                raise MachineLacksError(
                    f"{language.name}: a program could not be judged ({judgement.verdict}: {judgement.detail}); "
                    f"{len(judged):,} of {len(jobs):,} are judged, nothing was counted as wrong",
                    f"kcoder doctor --languages {language.name}",
                )
            judged[judgement.id] = judgement = _named(judgement, faults[judgement.id])
            if written:
                written.write(json.dumps(dataclasses.astuple(judgement)).encode() + b"\n")
            host.progress(f"{len(judged):,} of {len(jobs):,} programs")
        if written:
            os.fsync(written.fileno())
    return judged


def _by_turns(jobs: Sequence[Job]) -> list[Job]:
    """One program for each problem, then the next: an executor may build programs for different tests at once."""
    seen: Counter[str] = Counter()
    turns = []
    for job in jobs:
        turns.append(seen[job.tests.text])
        seen[job.tests.text] += 1
    return [job for _, job in sorted(zip(turns, jobs, strict=True), key=lambda each: each[0])]


def _refused(job: Job) -> Judgement:
    """There is no program to be run."""
    return Judgement(job.id, Verdict.REFUSED, NOTHING[job.fault], 0.0, "")


def _named(judgement: Judgement, fault: str) -> Judgement:
    """A program that failed since its function has another name, or is not there, says so."""
    if not fault or judgement.verdict == Verdict.PASSED:
        return judgement
    return dataclasses.replace(judgement, detail=f"{fault}; {judgement.detail}")


def counts(judged: Mapping[str, Judgement]) -> dict[str, int]:
    """How many programs came to each verdict."""
    found = [judgement.verdict.value for judgement in judged.values()]
    return {verdict: found.count(verdict) for verdict in sorted(set(found))}


def _prove(execute: Execute, language: Language) -> None:
    """Judge programs whose verdicts are known. A broken toolchain must not pass for a broken model."""
    known = {name: language.probes[name] for name in ("right", "wrong") if name in language.probes}
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


def _kept(file: Path) -> Iterator[Judgement]:
    """What an earlier attempt has judged."""
    for line in file.read_bytes().split(b"\n") if file.is_file() else []:
        with contextlib.suppress(ValueError, TypeError):  # the last line of a process that was killed
            name, verdict, *rest = json.loads(line)
            yield Judgement(name, Verdict(verdict), *rest)
