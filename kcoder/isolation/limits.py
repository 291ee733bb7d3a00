"""What a program may take, and how it is watched until it ends or has taken too much."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import time
from pathlib import Path
from typing import Any

CHUNK = 1 << 16
#: where orders come from; its end means that nobody waits for results any more
ORDERS = 0
#: times the seconds of a program after which it is ended whatever kept it waiting
PATIENCE = 20


def limit(wanted: dict[str, Any], count_processes: bool) -> None:
    """Set the limits of this process and its children: `seconds` of processor time, MiB of `memory`, MiB of `files`,
    and where they are counted apart from the user's other ones, `processes`.

    Memory is what a program writes to (RLIMIT_DATA): limits on addresses break Java and JavaScript.
    """
    limits = {
        resource.RLIMIT_DATA: wanted["memory"] << 20,
        resource.RLIMIT_CPU: int(wanted["seconds"]) + 1,
        resource.RLIMIT_FSIZE: wanted["files"] << 20,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    if count_processes:
        limits[resource.RLIMIT_NPROC] = wanted["processes"]
    for kind, most in limits.items():
        # a second between the two lets SIGXCPU come before SIGKILL
        hard = most + 1 if kind == resource.RLIMIT_CPU else most
        with contextlib.suppress(OSError, ValueError):  # a lower hard limit is already in force
            resource.setrlimit(kind, (most, hard))


class Watch:
    """Reads what a program prints, and tells when it has ended, printed too much or run out of time.

    Time is what the program took or slept, without what it waited for a processor: a busy machine makes nobody late.
    """

    def __init__(self, pid: int, streams: tuple[int, ...], seconds: float, most: int) -> None:
        self.pid, self.streams, self.seconds, self.most = pid, streams, seconds, most
        self.texts = {stream: bytearray() for stream in streams}
        self.began = time.monotonic()
        self.deadline = self.began + seconds
        self.printed = 0
        self.ending = os.pidfd_open(pid)
        self.open = list(streams)
        for stream in streams:
            os.set_blocking(stream, False)

    def until(self, also: int | None = None) -> str:
        """Wait until the program ends ("") or, with `also`, something can be read there ("ready"), or it is out of
        "time" or floods its "output"; "abandoned" when nobody waits for results any more."""
        while True:
            waiting = [self.ending, ORDERS, *self.open, *([] if also is None else [also])]
            readable, _, _ = select.select(waiting, [], [], max(0.0, self.deadline - time.monotonic()))
            if not readable and self._late():
                return "time"
            if ORDERS in readable:
                return "abandoned"
            self._read(readable)
            if self.printed > self.most:
                return "output"
            if also is not None and also in readable:
                return "ready"
            if self.ending in readable:
                return ""

    def close(self) -> None:
        os.close(self.ending)

    def _read(self, readable: list[int]) -> None:
        ended = self.ending in readable
        for stream in [s for s in self.open if ended or s in readable]:
            while True:
                data = drained(stream)
                self.printed += len(data)
                self.texts[stream] += data[: max(0, self.most - len(self.texts[stream]))]
                # the end of the program counts, not that of its streams: what it left behind may hold them open
                if not data and not ended:
                    self.open.remove(stream)
                if not data or not ended or self.printed > self.most:
                    break

    def _late(self) -> bool:
        """Whether its time is up; if not, look again when it would be."""
        now = time.monotonic()
        if now - self.began >= PATIENCE * self.seconds:
            return True
        left = self.seconds - (now - self.began - _waited(self.pid))
        self.deadline = min(now + max(left, 0.05), self.began + PATIENCE * self.seconds)
        return left <= 0


def drained(stream: int) -> bytes:
    """What a pipe holds now, at most what one read gives; nothing at its end."""
    try:
        return os.read(stream, CHUNK)
    except BlockingIOError:
        return b""


def _waited(pid: int) -> float:
    """Seconds for which the program's threads, the keenest of them, stood in line for a processor; of its children
    the longest."""
    most = 0.0
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            most = max(most, int((thread / "schedstat").read_text().split()[1]) / 1e9)
            children = (thread / "children").read_text().split()
            most = max([most, *(_waited(int(child)) for child in children)])
    except (OSError, ValueError, IndexError):
        pass
    return most
