"""Judges jobs, one after another, through launchers of its own."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kcoder.errors import MachineLacksError
from kcoder.executor import Job, Judgement
from kcoder.executors.verdicts import Found, Told, judged, judged_python, unprepared, words
from kcoder.isolation.client import GRACE, Launcher, RefusedError, Room
from kcoder.isolation.limits import PATIENCE
from kcoder.isolation.proof import CURES
from kcoder.language import Forked, Language, Limits, Prepared, Program, Served
from kcoder.records import Verdict

Judge = Callable[[Job, Told, str], Found]
#: verdicts that a program may owe to those it was built with: it is built again by itself
AGAIN = (Verdict.OUT_OF_MEMORY, Verdict.SANDBOX_DENIED, Verdict.OUTPUT_FLOOD)
#: MiB that a file may have which is prepared for many programs
PREPARED = 512


@dataclass(frozen=True)
class Most:
    """What the executor allows a program, in the units of its options."""

    timeout: float
    memory: int
    output: int
    files: int
    disk: int


class Worker:
    """Has a launcher for each language: their roots differ."""

    def __init__(self, most: Most, level: str) -> None:
        self.most, self.level = most, level
        self.launchers: dict[Room, Launcher] = {}
        self.stopped = False

    def judge(self, jobs: Sequence[Job]) -> Iterator[Judgement]:
        """The judgement on each job, in any order. Several, of one language, are built as one where that can be."""
        alone: Sequence[Job] = jobs
        if len(jobs) > 1:
            alone = yield from self._together(jobs)
        for job in alone:
            if self.stopped:
                return
            yield self._alone(job)

    def _alone(self, job: Job) -> Judgement:
        mark = _mark()
        try:
            job.language.version()
            program = job.language.program(job.code, job.tests, mark)
            if isinstance(program, Forked):
                told = self._asked(job.language, self._forked(program, job))
            else:
                told = self._asked(job.language, self._built(program, job.language))
        except MachineLacksError as error:
            return Judgement(job.id, Verdict.NO_TOOLCHAIN, error.message, 0.0, self.level)
        return self._judgement(job, told, mark, judged_python if isinstance(program, Forked) else judged)

    def _together(self, jobs: Sequence[Job]) -> Generator[Judgement, None, Sequence[Job]]:
        """The judgements on those jobs that could be built as one; returns the others."""
        language, mark, number = jobs[0].language, _mark(), 0
        again: list[Job] = []
        try:
            language.version()
            batch = language.batch([(job.code, job.tests) for job in jobs], mark)
            prepared = self._prepared(batch.prepared, language, self.most.files)
            for number, (job, command) in enumerate(zip(jobs, batch.commands, strict=True)):
                if self.stopped:
                    return ()
                steps = [self._step(command, self._of_run(language))]
                told = self._asked(language, {"files": {}, "steps": steps, "prepared": prepared})
                if told is not None and "unprepared" in told:
                    return (yield from self._apart(jobs, told)) if number == 0 else [*again, *jobs[number:]]
                judgement = self._judgement(job, told, mark, judged)
                if judgement.verdict in AGAIN:
                    again.append(job)
                else:
                    yield judgement
        except MachineLacksError:  # by itself each says why
            return [*again, *jobs[number:]]
        return again

    def _apart(self, jobs: Sequence[Job], told: Told) -> Generator[Judgement, None, Sequence[Job]]:
        """The same for jobs that could not be built as one: without those that are blamed, or in halves."""
        if told.get("ended") or "failed" in told:
            return jobs
        blamed = jobs[0].language.blamed(words(told))
        alone = [job for number, job in enumerate(jobs) if number in blamed]
        rest = [job for number, job in enumerate(jobs) if number not in blamed]
        middle = len(rest) if alone else len(rest) // 2
        for part in (rest[:middle], rest[middle:]):
            alone += (yield from self._together(part)) if len(part) > 1 else part
        return alone

    def _judgement(self, job: Job, told: Told | None, mark: str, judge: Judge) -> Judgement:
        if told is None:
            return Judgement(job.id, Verdict.SANDBOX_DENIED, "harmed what was running it", 0.0, self.level)
        if "unprepared" in told:
            return Judgement(job.id, Verdict.HARNESS_ERROR, unprepared(job.language, told), 0.0, self.level)
        verdict, detail = judge(job, told, mark)
        return Judgement(job.id, verdict, detail, told.get("seconds", 0.0), self.level)

    def _asked(self, language: Language, job: dict[str, Any]) -> dict[str, Any] | None:
        if language.image() and self.level != "namespaces":
            hint = CURES["namespaces"]
            raise MachineLacksError(f"{language.name} lies in an image, which needs the level namespaces", hint)
        room = Room(
            self.level,
            language.paths(),
            image=language.image(),
            disk=self.most.disk,
            environment=tuple(sorted((language.environment or {}).items())),
        )
        launcher = self.launchers.setdefault(room, Launcher(room))
        steps = [*job.get("steps", ()), *job.get("prepared", {}).get("steps", ())]
        most = sum(step["seconds"] for step in steps) if steps else job["seconds"]
        try:
            return launcher.ask(job, PATIENCE * most + GRACE)
        except RefusedError as error:
            raise MachineLacksError(f"the sandbox does not start: {error}", "kcoder doctor") from None

    def _forked(self, program: Forked, job: Job) -> dict[str, Any]:
        asked = {"code": program.code, "tests": program.tests, "entry": job.entry}
        return asked | self._limits(self._of_run(job.language))

    def _built(self, program: Program, language: Language) -> dict[str, Any]:
        steps = [self._step(command, language.build) for command in program.commands[:-1]]
        steps.append(self._step(program.commands[-1], self._of_run(language)))
        asked: dict[str, Any] = {"files": dict(program.files), "steps": steps}
        return asked | ({"prepared": self._prepared(program.prepared, language, PREPARED)} if program.prepared else {})

    def _prepared(self, prepared: Prepared, language: Language, files: int) -> dict[str, Any]:
        """What is prepared, in files of so many MiB at most."""
        made = [self._step(command, language.build) | {"files": files} for command in prepared.commands]
        told = {"files": dict(prepared.files), "steps": made}
        return told | {"key": hashlib.sha256(json.dumps(told).encode()).hexdigest()}

    def _of_run(self, language: Language) -> Limits:
        """The executor's limits, or what the language needs at least."""
        least = language.run
        return Limits(
            seconds=self.most.timeout,
            memory=max(self.most.memory, least.memory),
            processes=least.processes,
        )

    def _step(self, command: Sequence[str] | Served, limits: Limits) -> dict[str, Any]:
        if not isinstance(command, Served):
            return {"command": list(command)} | self._limits(limits)
        server = {"command": list(command.server), "files": dict(command.files)}
        return {"server": server, "request": list(command.request)} | self._limits(limits)

    def _limits(self, limits: Limits) -> dict[str, Any]:
        return limits.model_dump() | {"files": self.most.files, "output": self.most.output}

    def interrupt(self) -> None:
        """End what runs, and judge nothing more until it is closed."""
        self.stopped = True
        for launcher in self.launchers.values():
            launcher.interrupt()

    def close(self) -> None:
        """It can be used again afterwards."""
        for launcher in self.launchers.values():
            launcher.close()
        self.stopped = False


def _mark() -> str:
    """What no program can know beforehand."""
    return f"_{secrets.token_hex(16)}"
