"""A Python program as the fork of a warm interpreter, which takes a fifth of the time of a fresh one.

A fork is a copy of all that its parent holds, and a program can read its own memory. So the process that is forked, the
nursery, never learns what a job is: a program is given its code when it is there, and its tests stay with the launcher.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, NoReturn

from kcoder.isolation import child, kernel, python_program
from kcoder.isolation.child import FAULT, Wire
from kcoder.isolation.levels import Level

#: MiB and seconds that tests may take beside what their program may
TESTS, LATER = 256, 2
#: seconds in which the nursery answers
PROMPT = 5.0


class Nursery:
    """The launcher's end of the process that is forked. To be started before the first job is read."""

    def __init__(self, level: Level) -> None:
        self._channel, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._channel.close()
                _breed(level, there)
            finally:
                os._exit(1)
        there.close()
        self._channel.settimeout(PROMPT)

    def judged(self, job: Wire) -> Wire:
        """Run a program and judge it from here, where it cannot reach."""
        (asked, ask), (answers, answered) = os.pipe(), os.pipe()
        (output, write_output), (errors, write_errors), (fault, write_fault) = os.pipe(), os.pipe(), os.pipe()
        given = [asked, answered, write_output, write_errors, write_fault]
        limits = {name: job[name] for name in ("seconds", "memory", "files", "processes")}
        born = self._told(json.dumps(limits).encode(), given)
        for descriptor in given:
            os.close(descriptor)
        watch = child.watch(born["pid"], (output, errors), job, self.pid)
        judge = python_program.Judge(watch, ask, answers, job.get("entry", ""))
        told: Wire = {}
        ended, said = "", None
        try:
            with _bounded(job):
                judge.give(job["code"])
                told = judge.judge(job["tests"])
                said = judge.answers()
        except python_program.EndedError as why:
            ended, told = str(why), {}
        except python_program.DiedError:
            ended, told = watch.until(), {}  # it said what no program says, or is about to end: wait for that
        if told:  # threads and exit handlers of the program are no longer of interest
            with contextlib.suppress(ProcessLookupError):
                os.kill(born["pid"], signal.SIGKILL)
        finished = child.ended(born["pid"], ended, watch, fault, job, self._reaped)
        for descriptor in (ask, answers):
            os.close(descriptor)
        return finished | {"python": told, "said": said, "folder": born["folder"]}

    def _reaped(self, pid: int) -> tuple[int, float, int]:
        status, seconds, memory = self._told(b"end", [])
        return status, seconds, memory

    def _told(self, words: bytes, descriptors: list[int]) -> Any:
        try:
            socket.send_fds(self._channel, [words], descriptors)
            return json.loads(self._channel.recv(4096))
        except (OSError, ValueError):  # nobody but a program has a reason to end or stop it
            os._exit(1)


def _breed(level: Level, channel: socket.socket) -> NoReturn:
    kernel.prctl(kernel.PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.CHILD_SUBREAPER, 1)
    while True:
        words, descriptors, _, _ = socket.recv_fds(channel, 4096, 5)
        if not words:
            os._exit(0)
        limits = json.loads(words)
        with level.room() as folder:
            pid = os.fork()
            if pid == 0:
                with child.failing(descriptors[4]):
                    _become(limits, folder, level, descriptors[:4])
            for descriptor in descriptors:
                os.close(descriptor)
            channel.send(json.dumps({"pid": pid, "folder": folder}).encode())
            channel.recv(16)
            reaped = child.reaped(pid)
        channel.send(json.dumps(reaped).encode())


@contextlib.contextmanager
def _bounded(job: Wire) -> Iterator[None]:
    """What a program answers can make its tests endless or huge: they get as much as it does, and a little more."""

    def late(*_: object) -> NoReturn:
        raise python_program.EndedError("time")

    free = resource.getrlimit(resource.RLIMIT_DATA)
    signal.signal(signal.SIGVTALRM, late)
    # some loops hear of no signal of Python's, and the first process of a namespace of none that has no handler
    kernel.LIBC.signal(signal.SIGPROF, kernel.LIBC._exit)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, job["seconds"] + 1)
        signal.setitimer(signal.ITIMER_PROF, job["seconds"] + 1 + LATER)
        resource.setrlimit(resource.RLIMIT_DATA, ((job["memory"] + TESTS) << 20, free[1]))
        yield
    finally:
        signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_DATA, free)


def _become(limits: Wire, folder: str, level: Level, descriptors: list[int]) -> NoReturn:
    """In the child: confined, with nothing open but its streams and the two pipes to its judge."""
    asked, answered, output, errors = descriptors
    child.settled(folder, output, errors)
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
    level.confine(limits, last=True)
    os.close(FAULT)
    try:
        python_program.serve(python_program.given(), seed=0)
    finally:
        os._exit(1)
