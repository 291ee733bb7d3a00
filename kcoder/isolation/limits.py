"""What a program may take, and how it is watched until it ends or has taken too much."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHUNK = 1 << 16
#: where orders come from; its end means that nobody waits for results any more
ORDERS = 0
#: children of the launcher that are no programs
OURS: set[int] = set()
#: times the seconds of a program after which it is ended whatever kept it waiting
PATIENCE = 20
#: times its seconds that all its processes together may spend: their standing in line for each other is no excuse
BUSY = 4
#: seconds between two looks at what all its processes take
LOOK = 0.1
#: bytes that a process has written to before it does anything; what a child shares with its parent counts for both
START = 16 << 20


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
        # a handler that is given core dumps by a pipe is told by 1, not by 0, that none is wanted
        resource.RLIMIT_CORE: 1,
        # where it could be raised, memory called a stack would count as nothing
        resource.RLIMIT_STACK: _stack(),
    }
    if count_processes:
        limits[resource.RLIMIT_NPROC] = wanted["processes"]
    for kind, most in limits.items():
        # a second between the two lets SIGXCPU come before SIGKILL
        hard = most + 1 if kind == resource.RLIMIT_CPU else most
        with contextlib.suppress(OSError, ValueError):  # a lower hard limit is already in force
            resource.setrlimit(kind, (most, hard))


def _stack() -> int:
    now = resource.getrlimit(resource.RLIMIT_STACK)[0]
    return 64 << 20 if now == resource.RLIM_INFINITY else min(now, 64 << 20)


class Watch:
    """Reads what a program prints, and tells when it has ended, printed too much, run out of time, or when all its
    processes together take more memory or threads than one may: the kernel counts each by itself.

    Time is what the program took or slept, without what it waited for a processor: a busy machine makes nobody late.
    """

    def __init__(
        self,
        pid: int,
        streams: tuple[int, ...],
        seconds: float,
        most: int,
        shares: tuple[int, int] | None = None,
        above: int = 0,
    ) -> None:
        self.pid, self.streams, self.seconds, self.most = pid, streams, seconds, most
        self.shares, self.above = shares, above or os.getpid()
        self.texts = {stream: bytearray() for stream in streams}
        self.began = time.monotonic()
        self.deadline, self.look = self.began + seconds, self.began + LOOK
        self.printed = 0
        #: seconds that were spent and waited before
        self.spent = self.waited = 0.0
        self.ending = os.pidfd_open(pid)
        self.open = list(streams)
        for stream in streams:
            os.set_blocking(stream, False)

    def until(self, also: int | None = None) -> str:
        """Wait until the program ends ("") or, with `also`, something can be read there ("ready"), or it is out of
        "time", takes too much "memory" or too many "processes", or floods its "output"; "abandoned" when nobody waits
        for results any more."""
        while True:
            waiting = [self.ending, ORDERS, *self.open, *([] if also is None else [also])]
            next_ = min(self.deadline, self.look)
            readable, _, _ = select.select(waiting, [], [], max(0.0, next_ - time.monotonic()))
            now = time.monotonic()
            if now >= self.look and (why := self._looked(now)):
                return why
            if now >= self.deadline and self.ending not in readable and self._late():
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

    def renew(self) -> None:
        """Forget what was taken and said so far."""
        self.began = time.monotonic()
        self.deadline, self.look = self.began + self.seconds, self.began + LOOK
        self.printed, self.waited = 0, _waited(self.pid)
        self.spent = sum(found[2] for each in self._watched() if (found := _taken(each)))
        for text in self.texts.values():
            text.clear()

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

    def _looked(self, now: float) -> str:
        """Which of its shares all processes together have used up."""
        self.look = now + LOOK
        if self.shares is None:
            return ""
        memory, threads = self.shares
        taken = [found for each in self._watched() if (found := _taken(each))]
        if sum(found[1] for found in taken) > threads:
            return "processes"
        if sum(found[0] for found in taken) > memory + START * len(taken):
            return "memory"
        return "time" if sum(found[2] for found in taken) - self.spent > BUSY * self.seconds else ""

    def _watched(self) -> Iterator[int]:
        """The processes that count: those below `above`, and where that is the program itself, it too."""
        if self.above == self.pid:
            yield self.pid
        yield from _tree(self.above)

    def _late(self) -> bool:
        """Whether its time is up; if not, look again when it would be."""
        now = time.monotonic()
        if now - self.began >= PATIENCE * self.seconds:
            return True
        left = self.seconds - (now - self.began - (_waited(self.pid) - self.waited))
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


def _tree(pid: int) -> Iterator[int]:
    """The processes below one, without those that are none of a program's."""
    for thread in _listed(f"/proc/{pid}/task"):
        for child in map(int, _read(f"/proc/{pid}/task/{thread}/children").split()):
            if child not in OURS:
                yield child
                yield from _tree(child)


def _taken(pid: int) -> tuple[int, int, float] | None:
    """Bytes that a process has written to, its threads, and the seconds that it and its ended children computed."""
    status = dict(line.split(":", 1) for line in _read(f"/proc/{pid}/status").splitlines() if ":" in line)
    numbers = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if "RssAnon" not in status or len(numbers) < 15:  # ended
        return None
    memory = sum(int(status[name].split()[0]) << 10 for name in ("RssAnon", "RssShmem"))
    return memory, int(status["Threads"]), sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")


def _listed(folder: str) -> list[str]:
    try:
        return [each.name for each in Path(folder).iterdir()]
    except OSError:
        return []


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8", "replace")
    except OSError:
        return ""
