"""The three levels at which programs are kept in, and what each does when the launcher starts, for each job, and in
each child before it becomes a program.

`namespaces` does not protect against faults of the kernel. `landlock` neither, nor against a program that looks at
what the machine's processes are called. `none` protects against nothing but using too much and against processes that
are left behind: a program reads and writes what its user may (where that is root: reads all), and reaches the network.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kcoder.isolation import folder, kernel, landlock, root, seccomp
from kcoder.isolation.limits import OURS, limit


class Level:
    """Without isolation; what the others add to."""

    #: of real root's capabilities those that programs keep: a toolchain below /root can be read
    keeps = kernel.READ_ALL

    def __init__(self, options: dict[str, Any]) -> None:
        self.paths: list[str] = options["paths"]
        self.image: str | None = options["image"]
        self.disk: int = options["disk"] << 20
        self.folders = self.folder = ""
        #: where programs see what was prepared for them, if anything was, and whether the present job's do
        self.prepared, self.shows = "", False

    def enter(self) -> None:
        """In the launcher, once, before it starts anything."""
        kernel.become_nobody(self.keeps)
        kernel.prctl(kernel.CHILD_SUBREAPER, 1)
        self.folders = tempfile.mkdtemp(prefix="kcoder-programs-")

    def leave(self) -> None:
        """When it has ended, however it did."""
        if self.folders:
            folder.remove(self.folders)

    def settle(self) -> None:
        """In the process that is to start programs."""
        kernel.prctl(kernel.DUMPABLE, 0)

    def keep(self) -> None:
        """In the child that is the first process of a job's, where there is one."""

    @contextlib.contextmanager
    def room(self, disk: int = 0) -> Iterator[str]:
        """A folder for one job, of `disk` bytes or as many as any, gone afterwards with every process of it."""
        self.folder = tempfile.mkdtemp(prefix="program-", dir=self.folders)
        try:
            yield self.folder
        finally:
            end_all()
            folder.remove(self.folder)

    def show(self) -> None:
        """What lies in the room's folder is shown to all programs after this one, in place of what was before."""
        before, self.prepared = self.prepared, f"{self.folder}-prepared"
        Path(self.folder).rename(self.prepared)
        if before:
            folder.remove(before)

    def confine(self, limits: dict[str, Any], last: bool) -> None:
        """In a child, just before it becomes a program. `last` is the program that is judged, not what builds it."""
        limit(limits, count_processes=False)


class Landlock(Level):
    def confine(self, limits: dict[str, Any], last: bool) -> None:
        limit(limits, count_processes=False)
        prepared = [self.prepared] if self.shows else []
        landlock.restrict(
            [*self.paths, *prepared, "/proc/self", "/dev/urandom", "/dev/random"], [self.folder, "/dev/null"]
        )
        seccomp.refuse()
        if last:
            seccomp.refuse_processes()


class Namespaces(Level):
    #: entries of the folder that is kept in memory for each job
    FILES = 8192

    def enter(self) -> None:
        others = kernel.NEWNS | kernel.NEWIPC | kernel.NEWUTS | kernel.NEWNET | kernel.NEWPID
        if os.getuid() == 0:  # root can bind what nobody may not reach: a toolchain below /root
            kernel.unshare(kernel.NEWNS)
            root.build(self.paths, self.image)
            kernel.become_nobody()
            kernel.enter_user(others)
        else:
            kernel.enter_user(others)
            root.build(self.paths, self.image)

    def settle(self) -> None:
        self.processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        root.own_proc()
        kernel.drop_bounding()
        kernel.prctl(kernel.DUMPABLE, 0)

    @contextlib.contextmanager
    def room(self, disk: int = 0) -> Iterator[str]:
        """The next child of this process is the first of a namespace: when it ends, all in there have ended."""
        kernel.enter_pids(self.processes)
        kernel.unshare(kernel.NEWPID)
        root.fresh_work(disk or self.disk, self.FILES)
        self.folder = root.WORK
        try:
            yield root.WORK
        finally:
            root.leave_work()

    def show(self) -> None:
        root.show_work()
        self.prepared = root.PREPARED

    def keep(self) -> None:
        """In the child that carries out a job's steps: a view of its own processes, and no power over mounts."""
        kernel.unshare(kernel.NEWNS)
        root.own_proc()
        if self.prepared and not self.shows:
            root.hide_prepared()
        kernel.drop_capabilities()
        kernel.prctl(kernel.DUMPABLE, 0)

    def confine(self, limits: dict[str, Any], last: bool) -> None:
        limit(limits, count_processes=True)
        kernel.drop_capabilities()
        seccomp.refuse()


LEVELS = {"namespaces": Namespaces, "landlock": Landlock, "none": Level}


def end_all() -> None:
    """Kill and reap everything that is ours by blood or adoption, but what we need ourselves."""
    while pids := [pid for pid in children() if pid not in OURS]:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def children() -> list[int]:
    """The direct children of this process; orphans of its descendants become its children when their parents die."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
