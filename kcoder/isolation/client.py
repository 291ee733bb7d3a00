"""The launcher's other end: starts it, asks it to run jobs, ends it.

A launcher signs each result with a token drawn for the job; whatever else comes from its side ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: seconds a launcher may take beyond a program's own time, and to start and end
GRACE = 5.0
#: seconds in which one that is idle has ended
SOON = 0.5
#: what every toolchain needs to see of the machine
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives", "/etc/ld.so.cache")
PACKAGES = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kcoder.isolation.launcher import main; main()"


class RefusedError(Exception):
    """The kernel, or what configures it, does not allow this level."""


@dataclass(frozen=True)
class Room:
    """What programs find: a level (see `levels.py`), paths of the machine or an image instead, MiB of disk."""

    level: str
    paths: tuple[str, ...] = ()
    image: str | None = None
    disk: int = 128
    environment: tuple[tuple[str, str], ...] = field(default=())

    def options(self) -> dict[str, Any]:
        wanted = [*SYSTEM, sys.base_prefix, *self.paths]
        there = sorted({path for path in wanted if os.path.lexists(path)})
        # a folder is bound with all it holds
        seen = [p for p in there if not any(p != q and Path(p).is_relative_to(q) for q in there)]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
        return {
            "level": self.level,
            "paths": seen,
            "image": self.image,
            "disk": self.disk,
            "python": self.image is None,
            "environment": environment | dict(self.environment),
        }


class Launcher:
    """The child process that starts programs. Started when first used, and again after a program has harmed it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.process: subprocess.Popen[bytes] | None = None
        #: the key of what is prepared there: it need not be told again
        self.prepared = ""

    def ask(self, job: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """The result of a job; None when the launcher died of it, fell silent or was spoken for.

        Raises RefusedError where it cannot be started at this level.
        """
        token = secrets.token_hex(16)
        process = self._started()
        key = job["prepared"]["key"] if job.get("prepared") else ""
        if key and key == self.prepared:
            job = job | {"prepared": {"key": key}}
        try:
            assert process.stdin
            process.stdin.write(json.dumps(job | {"id": token}).encode() + b"\n")
            process.stdin.flush()
            result: Any = json.loads(_line(process, seconds))
        except (OSError, ValueError, RecursionError):
            result = None
        if isinstance(result, dict) and result.get("id") == token:
            if key:
                self.prepared = "" if "unprepared" in result else key
            return result
        self.close()
        return None

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is not None and self.process.poll() is None:
            return self.process
        self.close()
        self.prepared = ""
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-c", _START, str(PACKAGES), json.dumps(self.room.options())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # programs must not find in their parent what they are not given themselves
            env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )
        try:
            said = json.loads(_line(self.process, 10 * GRACE))
        except (OSError, ValueError):
            said = {"refused": "it did not start"}
        if "refused" in said:
            self.close()
            raise RefusedError(said["refused"])
        return self.process

    def interrupt(self) -> None:
        """Ask the launcher's guard to end everything, whatever state a program has put it in."""
        if self.process is not None:
            self.process.terminate()
            self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            assert self.process.stdin
            self.process.stdin.close()  # where no program runs it ends by itself
            self.process.wait(SOON)
        self.interrupt()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream:
                    stream.close()
        self.process = None


def _line(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """All that comes up to the end of a line. Raises ValueError when it does not come in time."""
    assert process.stdout
    stream = process.stdout.fileno()
    deadline = time.monotonic() + seconds
    ready = select.poll()
    ready.register(stream, select.POLLIN)
    text = bytearray()
    while not text.endswith(b"\n"):
        left = deadline - time.monotonic()
        data = os.read(stream, 1 << 16) if left > 0 and ready.poll(1000 * left) else b""
        if not data:
            raise ValueError("no answer")
        text += data
    return bytes(text)
