"""Programs of one language through an executor: proven first, kept as they are judged, counted only when they were."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.host import Host
from kcoder.language import Language
from kcoder.records import NOT_THE_MODELS, Verdict


def job(name: str, language: Language, *, prompt: str, text: str, entry: str, tests: str) -> Job:
    """The job that judges a completion. `tests` is JSON: rows of (arguments, expected), or a test program with what
    stands before the prompt: `{"head": ..., "text": ...}`."""
    told = json.loads(tests)
    code = prompt + language.cut(prompt, text)
    if isinstance(told, list):
        calls = [(tuple(arguments), value) for arguments, value in told]
        return Job(name, language, code, entry, language.calls(entry, calls))
    return Job(name, language, told["head"] + code, entry, language.asserts(prompt, told["text"]))


def judge(
    executor: Executor, language: Language, jobs: Sequence[Job], host: Host, kept: Path | None = None
) -> dict[str, Judgement]:
    """The judgement on every job, by id. With `kept`, a file, those that stand in it are not judged again, and new
    ones are added as they come.

    Raises MachineLacksError where the language's toolchain or the sandbox judges known programs wrongly, and where a
    program could not be judged at all: what was never judged must not pass for wrong.
    """
    judged = {found.id: found for found in _kept(kept) if found.id in {job.id for job in jobs}} if kept else {}
    waiting = [job for job in jobs if job.id not in judged]
    if not waiting:
        return judged
    with contextlib.ExitStack() as opened:
        execute = opened.enter_context(executor.open(host))
        written = opened.enter_context(kept.open("ab")) if kept else None
        _prove(execute, language)
        for judgement in execute(waiting):
            if judgement.verdict in NOT_THE_MODELS:
                raise MachineLacksError(
                    f"{language.name}: a program could not be judged ({judgement.verdict}: {judgement.detail}); "
                    f"{len(judged):,} of {len(jobs):,} are judged, nothing was counted as wrong",
                    f"kcoder doctor --languages {language.name}",
                )
            judged[judgement.id] = judgement
            if written:
                written.write(json.dumps(dataclasses.astuple(judgement)).encode() + b"\n")
            host.progress(f"{len(judged):,} of {len(jobs):,} programs")
        if written:
            written.flush()
            os.fsync(written.fileno())
    return judged


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
