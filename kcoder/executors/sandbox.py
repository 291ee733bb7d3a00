"""Programs in a sandbox, judged from outside.

What this does NOT protect against: faults of the kernel; at the level `landlock` a look at the names of the user's
processes; at `none`, which a person must ask for, anything but using too much. Every outcome names its level, and a
level is used only after a program that tries to get out of it has failed (`isolation/proof.py`).

A verdict never comes from the program: it says what its functions returned, and the values are compared here. Tests
in Python run in a process that the program cannot reach.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import queue
import secrets
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.executors.verdicts import judged, judged_python, unprepared
from kcoder.host import Host
from kcoder.isolation.client import GRACE, Launcher, RefusedError, Room
from kcoder.isolation.limits import PATIENCE
from kcoder.isolation.proof import proven
from kcoder.language import Forked, Language, Limits, Program, Served
from kcoder.plugin import option
from kcoder.records import Verdict

#: MiB that a file may have which is prepared for many programs
PREPARED = 512
#: seconds after which a request to stop is heard at the latest
HEARD = 0.2
BEST_FIRST = ("namespaces", "landlock")
CURES = {
    "namespaces": "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000 "
    "kernel.apparmor_restrict_unprivileged_userns=0; in Docker: --security-opt seccomp=unconfined",
    "landlock": "a kernel from 5.13 on with landlock among its security modules (lsm=...,landlock)",
}


class Sandbox(Executor):
    """New user, process, mount, network and IPC namespaces with a private read-only root; where the kernel refuses
    them, landlock and seccomp; else nothing is run, unless `--sandbox none` is said."""

    revision: ClassVar[int] = 3

    files: int = option(64, "MiB a program may write to one file", source="own choice", gt=0)
    disk: int = option(128, "MiB of all its files, where the level is namespaces", source="own choice", gt=0)

    def holds(self) -> Iterator[tuple[str, str, str]]:
        for name in BEST_FIRST:
            yield name, proven(name) if sys.platform == "linux" else "Linux and WSL2 only", CURES[name]

    def open(self, host: Host) -> AbstractContextManager[Execute]:
        if sys.platform != "linux":
            raise MachineLacksError("programs are executed on Linux and WSL2 only", "run this spec there")
        return self._opened(host, level(host.sandbox))

    @contextlib.contextmanager
    def _opened(self, host: Host, level: str) -> Iterator[Execute]:
        workers = [_Worker(self, level) for _ in range(max(1, host.workers))]
        idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in workers:
            idle.put(worker)

        def one(job: Job) -> Judgement:
            worker = idle.get()
            try:
                return worker.judge(job)
            finally:
                idle.put(worker)

        def execute(jobs: Iterable[Job]) -> Iterator[Judgement]:
            waiting = iter(jobs)
            running: set[Future[Judgement]] = set()
            with ThreadPoolExecutor(len(workers)) as pool:
                try:
                    while True:
                        host.check()
                        # two for each worker: none idles while the caller looks at a judgement
                        for job in itertools.islice(waiting, 2 * len(workers) - len(running)):
                            running.add(pool.submit(one, job))
                        if not running:
                            return
                        done, running = wait(running, HEARD, FIRST_COMPLETED)
                        for future in done:
                            yield future.result()
                finally:
                    if running:
                        _abandon(running, workers)

        try:
            yield execute
        finally:
            for worker in workers:
                worker.close()


def level(asked: str) -> str:
    """The best level that holds on this machine, or the one asked for. Raises MachineLacksError where none holds."""
    if asked == "none":
        return asked
    tried = BEST_FIRST if asked == "auto" else (asked,)
    failures = {name: proven(name) for name in tried}
    for name, why in failures.items():
        if not why:
            return name
    raise MachineLacksError(
        "no sandbox holds on this machine, so no program is run: "
        + "; ".join(f"{name}: {why}" for name, why in failures.items()),
        f"{CURES[tried[0]]}; or, on a machine where nothing can be lost, say --sandbox none",
    )


def _abandon(running: set[Future[Judgement]], workers: Sequence[_Worker]) -> None:
    """End programs whose judgements nobody waits for any more."""
    for future in running:
        future.cancel()
    for worker in workers:
        worker.interrupt()
    wait(running)
    for worker in workers:
        worker.close()


class _Worker:
    """Judges one job at a time. A launcher for each language: their roots differ."""

    def __init__(self, limits: Sandbox, level: str) -> None:
        self.limits, self.level = limits, level
        self.launchers: dict[Room, Launcher] = {}

    def judge(self, job: Job) -> Judgement:
        mark = f"_{secrets.token_hex(16)}"
        try:
            job.language.version()
            program = job.language.program(job.code, job.tests, mark)
            if isinstance(program, Forked):
                told = self._asked(job.language, self._forked(program, job))
            else:
                told = self._asked(job.language, self._built(program, job.language))
        except MachineLacksError as error:
            return Judgement(job.id, Verdict.NO_TOOLCHAIN, error.message, 0.0, self.level)
        if told is None:
            return Judgement(job.id, Verdict.SANDBOX_DENIED, "harmed what was running it", 0.0, self.level)
        if "unprepared" in told:
            return Judgement(job.id, Verdict.HARNESS_ERROR, unprepared(job.language, told), 0.0, self.level)
        judge = judged_python if isinstance(program, Forked) else judged
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
            disk=self.limits.disk,
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
        if program.prepared:
            made = [self._step(command, language.build) | {"files": PREPARED} for command in program.prepared.commands]
            told = {"files": dict(program.prepared.files), "steps": made}
            asked["prepared"] = told | {"key": hashlib.sha256(json.dumps(told).encode()).hexdigest()}
        return asked

    def _of_run(self, language: Language) -> Limits:
        """The executor's limits, or what the language needs at least."""
        least = language.run
        return Limits(
            seconds=self.limits.timeout,
            memory=max(self.limits.memory, least.memory),
            processes=least.processes,
        )

    def _step(self, command: Sequence[str] | Served, limits: Limits) -> dict[str, Any]:
        if not isinstance(command, Served):
            return {"command": list(command)} | self._limits(limits)
        server = {"command": list(command.server), "files": dict(command.files)}
        return {"server": server, "request": list(command.request)} | self._limits(limits)

    def _limits(self, limits: Limits) -> dict[str, Any]:
        return limits.model_dump() | {"files": self.limits.files, "output": self.limits.output}

    def interrupt(self) -> None:
        for launcher in self.launchers.values():
            launcher.interrupt()

    def close(self) -> None:
        for launcher in self.launchers.values():
            launcher.close()
