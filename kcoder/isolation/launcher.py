"""Starts programs for the executor: a small process of its own, so that a fork copies 15 MB and not a model.

Standard library only. Started as `python -s -S -P -m kcoder.isolation.launcher OPTIONS`; reads one JSON job a line on
standard input and writes one JSON result a line on standard output. A guard above it ends what it leaves when a
program kills or stops it. No program may look into either: their descriptors, memory and environment are closed.

A job is either steps, commands that are executed one after another until one fails, or a Python program with tests:
for that the launcher forks itself, which takes a fifth of the time of a fresh interpreter.
"""

from __future__ import annotations

import base64
import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from kcoder.isolation import kernel, python_program
from kcoder.isolation.levels import LEVELS, Level, Namespaces, end_all
from kcoder.isolation.limits import Watch

Wire = dict[str, Any]
#: bytes of a program's standard error that are kept, from its end
ERRORS = 8192
#: where a child says that it could not become a program
FAULT = python_program.ASKED - 1
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
        guard(launcher)
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
    answer({"ready": True})
    for line in sys.stdin:
        job = json.loads(line)
        answer({"id": job["id"]} | (python(job, level) if "code" in job else steps(job, level)))


def answer(told: Wire) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def guard(launcher: int) -> NoReturn:
    """Outlive the launcher and end what it leaves. A stopped launcher is as good as a dead one: nobody but a program
    has a reason to stop it."""

    def leave_nothing(*_: object) -> NoReturn:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(launcher, signal.SIGKILL)
            os.waitpid(launcher, 0)
        with contextlib.suppress(OSError):  # in namespaces it took all others along, and /proc is no longer ours
            end_all()
        os._exit(1)

    signal.signal(signal.SIGTERM, leave_nothing)
    _, status = os.waitpid(launcher, os.WUNTRACED)
    if status == 0:
        os._exit(0)
    leave_nothing()


# ---- steps --------------------------------------------------------------------------------------------------


def steps(job: Wire, level: Level) -> Wire:
    """Carry out the commands of a job in a room of its own."""
    with level.room() as folder:
        return _kept(job, folder, level) if isinstance(level, Namespaces) else carry_out(job, folder, level)


def _kept(job: Wire, folder: str, level: Namespaces) -> Wire:
    """The same, in a child that is the first process of the namespace: with it everything in there ends."""
    (read, write) = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
            level.keep()
            told = json.dumps(carry_out(job, folder, level)).encode()
        except BaseException as error:
            told = json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode()
        try:
            while told:
                told = told[os.write(write, told) :]
        finally:
            os._exit(0)
    os.close(write)
    try:
        with os.fdopen(read, "rb") as stream:
            return json.loads(stream.read() or b'{"failed": "ended"}')  # type: ignore[no-any-return]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def carry_out(job: Wire, folder: str, level: Level) -> Wire:
    """Write a job's files and execute its commands until one fails; how the last one that ran ended."""
    for name, text in job["files"].items():
        place = Path(folder, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "replace"))
    told: Wire = {}
    for number, step in enumerate(job["steps"]):
        told = _step(step, folder, level, last=number == len(job["steps"]) - 1)
        told["step"] = number
        if told["ended"] or told["status"]:
            break
    return told | {"folder": folder, "steps": len(job["steps"])}


def _step(step: Wire, folder: str, level: Level, last: bool) -> Wire:
    (output, write_output), (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        with failing(write_fault):
            _settled(folder, write_output, write_errors)
            os.closerange(3, FAULT)
            os.closerange(FAULT + 1, 256)
            environment = os.environ | {"HOME": folder, "TMPDIR": folder} | step.get("environment", {})
            level.confine(step, last)
            os.execvpe(step["command"][0], step["command"], environment)
    for descriptor in (write_output, write_errors, write_fault):
        os.close(descriptor)
    watch = Watch(pid, (output, errors), step["seconds"], step["output"] << 10)
    ended = watch.until()
    return _ended(pid, ended, watch, fault, step)


@contextlib.contextmanager
def failing(fault: int) -> Iterator[None]:
    """In a child: whatever hinders it from becoming a program is told behind its back, and it ends.

    Executing a program closes that pipe: no program can say that it was not started.
    """
    try:
        os.dup2(fault, FAULT, inheritable=False)
        yield
    except BaseException as error:
        os.write(FAULT, f"cannot start: {error}".encode())
    finally:
        os._exit(127)


def _settled(folder: str, output: int, errors: int) -> None:
    """In a child: a session, a folder and streams of its own."""
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    os.setsid()
    os.chdir(folder)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((null, 0), (output, 1), (errors, 2)):
        os.dup2(source, number)


def _ended(pid: int, ended: str, watch: Watch, fault: int, limits: Wire) -> Wire:
    """Make sure that a program has ended, and tell how: `status` is negative for a signal."""
    if ended == "abandoned":
        os._exit(1)
    if ended:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    watch.close()
    code = os.waitstatus_to_exitcode(status)
    spent = used.ru_utime + used.ru_stime
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and spent >= int(limits["seconds"]) + 1):
        ended = ended or "time"
    output, errors = watch.streams
    hindered = os.read(fault, 200) if select.select([fault], [], [], 0)[0] else b""
    for stream in (output, errors, fault):
        os.close(stream)
    return ({"failed": hindered.decode()} if hindered else {}) | {
        "status": code,
        "ended": ended,
        "seconds": time.monotonic() - watch.began,
        "processor": spent,
        "memory": used.ru_maxrss >> 10,
        "output": base64.b64encode(watch.texts[output]).decode(),
        "errors": base64.b64encode(watch.texts[errors][-ERRORS:]).decode(),
    }


# ---- a Python program ---------------------------------------------------------------------------------------


def python(job: Wire, level: Level) -> Wire:
    """Fork into the program and judge it from here, where it cannot reach."""
    with level.room() as folder:
        (asked, ask), (answers, answered) = os.pipe(), os.pipe()
        (output, write_output), (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            with failing(write_fault):
                become(job, folder, level, (asked, answered, write_output, write_errors))
        for descriptor in (asked, answered, write_output, write_errors, write_fault):
            os.close(descriptor)
        watch = Watch(pid, (output, errors), job["seconds"], job["output"] << 10)
        judge = python_program.Judge(watch, ask, answers)
        told, ended = {}, ""
        try:
            told = judge.judge(job["tests"])
        except python_program.EndedError as why:
            ended = str(why)
        except python_program.DiedError:
            ended = watch.until()  # it said what no program says, or is about to end: wait for that
        said = judge.answers()
        if told:  # threads and exit handlers of the program are no longer of interest
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        finished = _ended(pid, ended, watch, fault, job)
        for descriptor in (ask, answers):
            os.close(descriptor)
        return finished | {"python": told, "said": said, "folder": folder}


def become(job: Wire, folder: str, level: Level, descriptors: tuple[int, int, int, int]) -> NoReturn:
    """In the child: confined, with nothing open but its streams and the two pipes to its judge."""
    asked, answered, output, errors = descriptors
    _settled(folder, output, errors)
    os.dup2(asked, python_program.ASKED)
    os.dup2(answered, python_program.ANSWERED)
    os.closerange(3, FAULT)
    os.closerange(python_program.ANSWERED + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = None  # it was asked for before there was this folder
    sys.argv = [python_program.MODULE]
    level.confine(job, last=True)
    os.close(FAULT)
    try:
        python_program.serve(job["code"], seed=0)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
