"""Processes of their own, side by side, each with a time limit: what one of them does is a finding, never our end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kcoder.finding import Finding, heard
from kcoder.host import cores

SECONDS = 120.0
#: seconds in which a killed process is gone; one that a driver holds fast never is
GONE = 5.0


@dataclass(frozen=True)
class Child:
    """A Python program that tells findings. `part` is what a crash is about where it has begun nothing else."""

    part: str
    #: the interpreter's: -m and a module, or -c and a program, and its own
    arguments: tuple[str, ...]
    #: what it does, for the message: `import {part}`
    doing: str = "{part}"
    cure: str = ""
    seconds: float | None = None
    #: whether it may ask the hub
    online: bool = False


def side_by_side(children: Sequence[Child]) -> list[list[Finding]]:
    """What each has told, with a finding more for one that crashed or took too long. As many at once as there are
    cores, since most import torch. One process that imports it and is forked for each would be quicker; but what CUDA
    has begun in it, if only by an import, is broken in its forks."""
    alive: set[subprocess.Popen[bytes]] = set()
    pool = ThreadPoolExecutor(cores())
    try:
        return list(pool.map(lambda child: _told(child, alive), children))
    finally:  # Ctrl-C: what waits is not begun, and what runs is ended
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list(alive):
            _kill(process)


def _told(child: Child, alive: set[subprocess.Popen[bytes]]) -> list[Finding]:
    seconds = SECONDS if child.seconds is None else child.seconds
    env = dict(os.environ) if child.online else {**os.environ, "HF_HUB_OFFLINE": "1"}
    # files, since a pipe stays open as long as anything that the child has started
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-P", *child.arguments],  # -P: no code of the folder it stands in
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=env,
            start_new_session=True,
        )
        alive.add(process)
        try:
            complaint = _ending(process.wait(seconds))
        except subprocess.TimeoutExpired:
            complaint = f" takes more than {seconds:.0f} s"
        finally:
            _kill(process)
            alive.discard(process)
        out.seek(0)
        err.seek(0)
        findings, begun = heard(out.read().decode(errors="replace"))
        if complaint.startswith(":"):
            complaint += _last_words(err.read().decode(errors="replace"))
    if complaint:
        part = begun or child.part
        findings.append(Finding(part, False, child.doing.format(part=part) + complaint, child.cure))
    return findings


def _ending(status: int) -> str:
    """What there is to complain of in how a process ended."""
    if status < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-status).name
            return f": killed by {name}{', as when memory runs out' if name == 'SIGKILL' else ''}"
    return f": ended with status {status}" if status else ""


def _last_words(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return f" ({lines[-1][:160]})" if lines else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and all it has started, as far as that can be done."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GONE)
