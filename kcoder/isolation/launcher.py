"""Starts programs for the executor: a small process of its own, so that a fork copies 15 MB and not a model.

Standard library only. Started as `python -s -S -P -m kcoder.isolation.launcher OPTIONS`; reads one JSON job a line on
standard input and writes one JSON result a line on standard output. A guard above it ends what it leaves when a
program kills or stops it. No program may look into either: their descriptors, memory and environment are closed.

A job is either steps, commands that are executed one after another until one fails, or a Python program with tests
(`forked.py`). The first of the steps may be a server's to do (`served.py`), and what many programs share is prepared
once: the folder with the files and what its steps leave there is shown to those that ask for the same.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from kcoder.isolation import child, kernel
from kcoder.isolation.child import FAULT, Wire
from kcoder.isolation.forked import Nursery
from kcoder.isolation.levels import LEVELS, Level, Namespaces, end_all
from kcoder.isolation.limits import OURS
from kcoder.isolation.root import WORK
from kcoder.isolation.served import Servers, write

#: in a command, the folder of what was prepared
SHOWN = "{prepared}"
#: bytes that may lie in there
PREPARED = 512 << 20
#: what a Python program finds loaded already; it would load most of them itself
LOADED = (
    "abc",
    "array",
    "ast",
    "bisect",
    "calendar",
    "cmath",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "inspect",
    "io",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "queue",
    "random",
    "re",
    "socket",
    "statistics",
    "string",
    "struct",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "types",
    "typing",
    "unicodedata",
)


def main() -> None:
    options = json.loads(sys.argv[1])
    level = LEVELS[options["level"]](options)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the run's to handle
    if options["python"]:
        for name in LOADED:
            importlib.import_module(name)
    try:
        level.enter()
    except OSError as error:
        answer({"refused": str(error), "errno": error.errno})
        return
    launcher = os.fork()
    if launcher:
        guard(launcher, level)
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.CHILD_SUBREAPER, 1)
    try:
        level.settle()
    except OSError as error:
        answer({"refused": str(error), "errno": error.errno})
        return
    os.environ.clear()
    os.environ.update(options["environment"])
    gc.collect()
    gc.freeze()  # a fork then copies fewer pages
    nursery = Nursery(level)
    OURS.add(nursery.pid)
    answer({"ready": True})
    toolchain = Toolchain(level)
    for line in sys.stdin:
        job = json.loads(line)
        answer({"id": job["id"]} | (nursery.judged(job) if "code" in job else toolchain.judged(job)))
    toolchain.close()


def answer(told: Wire) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def guard(launcher: int, level: Level) -> NoReturn:
    """Outlive the launcher and end what it leaves. A stopped launcher is as good as a dead one: nobody but a program
    has a reason to stop it."""

    def leave_nothing(*_: object) -> NoReturn:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(launcher, signal.SIGKILL)
            os.waitpid(launcher, 0)
        with contextlib.suppress(OSError):  # in namespaces it took all others along, and /proc is no longer ours
            end_all()
        level.leave()
        os._exit(1)

    signal.signal(signal.SIGTERM, leave_nothing)
    _, status = os.waitpid(launcher, os.WUNTRACED)
    if status == 0:
        level.leave()
        os._exit(0)
    leave_nothing()


# ---- steps --------------------------------------------------------------------------------------------------


class Toolchain:
    """Carries out jobs that are steps, with what it keeps from one to the next: a server, and what was prepared."""

    def __init__(self, level: Level) -> None:
        self._level, self._servers, self._prepared = level, Servers(level), ""

    def judged(self, job: Wire) -> Wire:
        wanted = job.get("prepared")
        self._level.shows = bool(wanted)
        if wanted and wanted["key"] != self._prepared:
            self._prepared = ""
            told = self._steps(wanted, PREPARED, self._level.show)
            if not _well(told):
                return told | {"unprepared": True}
            self._prepared = wanted["key"]
        first, *rest = job["steps"]
        if "server" not in first:
            return self._steps(job)
        told, made = self._servers.done(first, job["files"])
        if not _well(told):
            return told | {"step": 0, "steps": len(job["steps"]), "folder": WORK}
        return self._steps({"files": made, "steps": rest})

    def close(self) -> None:
        self._servers.close()

    def _steps(self, job: Wire, disk: int = 0, then: Callable[[], None] | None = None) -> Wire:
        """Carry out the commands of a job in a room of its own, and if all end well, something more."""
        level = self._level
        with level.room(disk) as folder:
            carry = _kept if isinstance(level, Namespaces) else carry_out
            told = carry(job, folder, level, judges=then is None)
            if then and _well(told):
                then()
        return told


def _well(told: Wire) -> bool:
    return not (told.get("status") or told.get("ended") or "failed" in told)


def _kept(job: Wire, folder: str, level: Level, judges: bool = True) -> Wire:
    """The same, in a child that is the first process of the namespace: with it everything in there ends."""
    (heard, say) = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
            OURS.clear()  # their numbers mean other processes in here
            level.keep()
            told = json.dumps(carry_out(job, folder, level, judges)).encode()
        except BaseException as error:
            told = json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode()
        try:
            while told:
                told = told[os.write(say, told) :]
        finally:
            os._exit(0)
    os.close(say)
    try:
        with os.fdopen(heard, "rb") as stream:
            return json.loads(stream.read() or b'{"failed": "ended"}')  # type: ignore[no-any-return]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def carry_out(job: Wire, folder: str, level: Level, judges: bool = True) -> Wire:
    """Write a job's files and execute its commands until one fails; how the last one that ran ended. Where it judges,
    the last command is a program, else all build."""
    write(folder, job["files"])
    told: Wire = {}
    for number, step in enumerate(job["steps"]):
        told = _step(step, folder, level, judges and number == len(job["steps"]) - 1)
        told["step"] = number
        if told["ended"] or told["status"]:
            break
    return told | {"folder": folder, "steps": len(job["steps"])}


def _step(step: Wire, folder: str, level: Level, last: bool) -> Wire:
    (output, write_output), (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        with child.failing(write_fault):
            child.settled(folder, write_output, write_errors)
            os.closerange(3, FAULT)
            os.closerange(FAULT + 1, 256)
            environment = os.environ | {"HOME": folder, "TMPDIR": folder} | step.get("environment", {})
            level.confine(step, last)
            command = [word.replace(SHOWN, level.prepared) for word in step["command"]]
            os.execvpe(command[0], command, environment)
    for descriptor in (write_output, write_errors, write_fault):
        os.close(descriptor)
    watch = child.watch(pid, (output, errors), step, os.getpid())
    return child.ended(pid, watch.until(), watch, fault, step)


if __name__ == "__main__":
    main()
