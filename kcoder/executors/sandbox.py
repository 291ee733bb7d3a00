"""Programs in a sandbox, judged from outside.

What this does NOT protect against: faults of the kernel; at the level `landlock` a look at the names of the user's
processes; at `none`, which a person must ask for, anything but using too much. Every outcome names its level, and a
level is used only after a program that tries to get out of it has failed (`isolation/proof.py`).

A verdict never comes from the program: it says what its functions returned, and the values are compared here. Tests
in Python run in a process that the program cannot reach.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import ClassVar

from kcoder.errors import MachineLacksError
from kcoder.executor import Execute, Executor, Job, Judgement
from kcoder.executors.worker import Most, Worker
from kcoder.host import Host
from kcoder.isolation.proof import CURES, proven
from kcoder.plugin import option

#: seconds after which a request to stop is heard at the latest
HEARD = 0.2
BEST_FIRST = ("namespaces", "landlock")


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
        most = Most(self.timeout, self.memory, self.output, self.files, self.disk)
        workers = [Worker(most, level) for _ in range(max(1, host.workers))]
        idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in workers:
            idle.put(worker)

        def some(jobs: Sequence[Job], judged: queue.SimpleQueue[Judgement]) -> None:
            worker = idle.get()
            try:
                for judgement in worker.judge(jobs):
                    judged.put(judgement)
            finally:
                idle.put(worker)

        def execute(jobs: Iterable[Job]) -> Iterator[Judgement]:
            waiting = _batches(jobs)
            running: set[Future[None]] = set()
            judged: queue.SimpleQueue[Judgement] = queue.SimpleQueue()
            with ThreadPoolExecutor(len(workers)) as pool:
                try:
                    while True:
                        host.check()
                        # two for each worker: none idles while the caller looks at a judgement
                        for batch in itertools.islice(waiting, 2 * len(workers) - len(running)):
                            running.add(pool.submit(some, batch, judged))
                        if not running:
                            return
                        ended = {future for future in running if future.done()}
                        with contextlib.suppress(queue.Empty):
                            yield judged.get(timeout=HEARD if running - ended else 0)
                            continue
                        for future in ended:
                            future.result()
                        running -= ended
                finally:
                    if running:
                        _abandon(running, workers)

        try:
            yield execute
        finally:
            for worker in workers:
                worker.close()


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Jobs one after another, or together where their language builds several programs at once: those for different
    tests, since a program could borrow the functions of another it is built with."""
    gathered: dict[str, Job] = {}
    for job in jobs:
        if job.language.alone(job.code, job.tests):
            yield [job]
            continue
        full = len(gathered) == job.language.together or job.tests.text in gathered
        if gathered and (full or next(iter(gathered.values())).language != job.language):
            yield list(gathered.values())
            gathered = {}
        gathered[job.tests.text] = job
    if gathered:
        yield list(gathered.values())


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


def _abandon(running: set[Future[None]], workers: Sequence[Worker]) -> None:
    """End programs whose judgements nobody waits for any more."""
    for future in running:
        future.cancel()
    for worker in workers:
        worker.interrupt()
    wait(running)
    for worker in workers:
        worker.close()
