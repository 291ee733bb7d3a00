"""Starts programs for the executor: a small process of its own, so that a fork copies 10 MB and not a model.

Standard library only; started with `python -I -S launcher.py`. It reads one JSON job a line on standard input and
writes one JSON result a line on standard output. It is the subreaper of everything it starts: what a program leaves
behind, in whatever session, is killed and reaped before the next job. A guard above it does the same when a program
kills or stops the launcher. No program may look into either: their descriptors, memory and environment are closed.

It does not protect against a program that seeks out and kills every process above it, reads the user's files, or
fills the disk. How many processes a program may start is limited in a user namespace only: elsewhere the kernel
counts all of the user's, and would refuse one more to somebody whose browser runs.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
CAP_DAC_OVERRIDE, CAPABILITIES = 1, 64
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
CHUNK = 1 << 16
#: where jobs come from; its end means that nobody waits for results any more. PR_SET_PDEATHSIG would not do here:
#: it fires when the *thread* that started us ends.
ORDERS = 0


def leave() -> int:
    """Leave the network for an empty one, and give up what makes root more than a user: the namespaces entered.

    As root a network namespace is enough; else a user namespace comes first. Programs inherit both. They cannot
    change the network they share one after another, since no program keeps a capability but that to open files.
    """
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    entered = flags if LIBC.unshare(flags) == 0 else 0
    for capability in range(CAPABILITIES):
        if capability != CAP_DAC_OVERRIDE:
            LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    return entered


def become(job: dict[str, Any], folder: str, output: int, errors: int, entered: int) -> NoReturn:
    """In the child: a session, limits and an environment of its own, then the program. Never returns."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    os.chdir(folder)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, number in ((null, 0), (output, 1), (errors, 2)):
        os.dup2(source, number)
    os.closerange(3, 256)
    limits = {
        resource.RLIMIT_DATA: job["memory"] << 20,
        resource.RLIMIT_CPU: processor_time(job),
        resource.RLIMIT_FSIZE: 64 << 20,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    if entered & CLONE_NEWUSER:
        limits[resource.RLIMIT_NPROC] = 256
    for kind, most in limits.items():
        # a second between the two lets SIGXCPU come before SIGKILL
        hard = most + 1 if kind == resource.RLIMIT_CPU else most
        with contextlib.suppress(OSError, ValueError):  # a lower hard limit is already in force
            resource.setrlimit(kind, (most, hard))
    env = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    os.execvpe(job["command"][0], job["command"], env | job.get("environment", {}))


def processor_time(job: dict[str, Any]) -> int:
    """The seconds of processor time after which a program is told to end."""
    return int(job["timeout"]) + 1


def watch(pid: int, streams: tuple[int, int], deadline: float, most: int) -> tuple[dict[int, bytearray], str]:
    """Read both streams until the program ends, is out of time or has printed too much: (texts, why it was ended).

    The end of the program counts, not that of its streams: what it left behind may hold them open.
    """
    texts = {stream: bytearray() for stream in streams}
    for stream in streams:
        os.set_blocking(stream, False)
    ending = os.pidfd_open(pid)
    waiting = [ending, ORDERS, *streams]
    printed = 0
    try:
        while True:
            readable, _, _ = select.select(waiting, [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                return texts, "time"
            if ORDERS in readable:  # no order comes before this job is answered: whoever gives them has died
                end_all(pid)
                os._exit(1)
            for stream in [s for s in streams if s in waiting and (s in readable or ending in readable)]:
                data = drained(stream)
                if not data and ending not in readable:
                    waiting.remove(stream)
                printed += len(data)
                texts[stream] += data[: max(0, most - len(texts[stream]))]
            if printed > most:
                return texts, "output"
            if ending in readable:
                return texts, ""
    finally:
        os.close(ending)


def drained(stream: int) -> bytes:
    """What a pipe holds now, at most what one read gives; nothing at its end."""
    try:
        return os.read(stream, CHUNK)
    except BlockingIOError:
        return b""


def end_all(first: int) -> tuple[int, float]:
    """Kill and reap the program and everything it left, wherever it went: all that is ours by blood or adoption.

    Gives how `first` ended, negative for a signal, and the seconds of processor time it took.
    """
    status, spent = 0, 0.0
    while True:
        for pid in children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, told, used = os.wait4(-1, 0)
        except ChildProcessError:
            return status, spent
        if pid == first:
            status, spent = os.waitstatus_to_exitcode(told), used.ru_utime + used.ru_stime


def children() -> list[int]:
    """The direct children of this process; orphans of its descendants become its children when their parents die."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def carry_out(job: dict[str, Any], entered: int) -> dict[str, Any]:
    """Run one job in a private folder and tell how it ended."""
    folder = tempfile.mkdtemp(prefix="program-", dir=job["folder"])
    try:
        Path(folder, job["file"]).write_bytes(job["program"].encode("utf-8", "replace"))
        (output, write_output), (errors, write_errors) = os.pipe(), os.pipe()
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            try:
                become(job, folder, write_output, write_errors, entered)
            except BaseException as error:
                os.write(2, f"cannot start: {error}".encode())
            finally:
                os._exit(127)
        os.close(write_output)
        os.close(write_errors)
        texts, ended = watch(pid, (output, errors), began + job["timeout"], job["output"] << 10)
        status, spent = end_all(pid)
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and spent >= processor_time(job)):
            ended = ended or "time"
        os.close(output)
        os.close(errors)
        return {
            "id": job["id"],
            "status": status,
            "ended": ended,
            "seconds": time.monotonic() - began,
            "output": base64.b64encode(texts[output]).decode(),
            "errors": base64.b64encode(texts[errors][-8192:]).decode(),
            "folder": folder,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def guard(launcher: int) -> NoReturn:
    """Outlive the launcher and end what it leaves.

    A stopped launcher is as good as a dead one: nobody but a program has a reason to stop it.
    """

    def leave_nothing(*_: object) -> NoReturn:
        end_all(launcher)
        os._exit(1)

    signal.signal(signal.SIGTERM, leave_nothing)
    _, told = os.waitpid(launcher, os.WUNTRACED)
    if told == 0:
        os._exit(0)
    leave_nothing()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the run's to handle
    LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    launcher = os.fork()
    if launcher:
        guard(launcher)
    entered = leave()
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # neither of the two outlasts a fork or a change of namespaces
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    answer({"no_network": bool(entered)})
    for line in sys.stdin:
        answer(carry_out(json.loads(line), entered))


def answer(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
