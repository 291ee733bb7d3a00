"""Work that several processes do together: they are started, watched, and all ended when one of them fails."""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kcoder import ranks
from kcoder.errors import KcoderError
from kcoder.host import Host
from kcoder.worker import Elsewhere, Told, Worker, as_error, as_told

#: seconds in which the others may say why they failed, or end by themselves, once one has failed; fewer are enough
#: where it has said so in words for the person
GRACE, SAID = 5.0, 1.0
#: seconds between two looks at the processes
EVERY = 0.1
_jobs = count(1)


def together(job: Told, size: int, host: Host) -> Told:
    """What worker 0 makes of a job that `size` of them do. Raises the error of the one that failed first.

    In a launch of several kcoder processes each has one worker, and `size` is their number.
    """
    rank = ranks.here()
    if rank.size > 1:
        return _with_a_launch(job, rank, host)
    with TemporaryDirectory() as name:
        job = job | {"size": size, "meeting": (Path(name) / "meeting").as_uri()}
        workers: list[Worker] = []
        try:
            for number in range(size):
                workers.append(Worker(job, number, number, Path(name)))
            return _watched(workers, size, host)
        finally:  # where one cannot be started, the others wait for it
            for worker in workers:
                worker.kill()


def led(command: Callable[..., int]) -> Callable[..., int]:
    """A command that the first process of a launch carries out while the others take part in what it starts."""

    @functools.wraps(command)
    def run(*args: Any, **options: Any) -> int:
        if ranks.here().number:
            _attend()
            return 0
        with ranks.leading():
            return command(*args, **options)

    return run


def _attend() -> None:
    asked: list[int] = []

    def heard(number: int, frame: object) -> None:
        asked.append(number)  # the first process says where to stop; who asks twice wants it at once
        if len(asked) > 1:
            os._exit(128 + number)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, heard)
    ranks.attend(lambda number, job: _part(number, json.loads(job)))


def _with_a_launch(job: Told, rank: ranks.Rank, host: Host) -> Told:
    number, store = next(_jobs), ranks.store()
    name, _ = ranks.address()
    job = job | {"size": rank.size, "meeting": f"tcp://{name}:{_free_port()}"}
    store.set(f"job-{number}", json.dumps(job))

    def elsewhere() -> KcoderError | None:
        failed = store.check([f"failed-{number}"])
        return as_error(json.loads(store.get(f"failed-{number}"))) if failed else None

    with TemporaryDirectory() as folder:
        try:
            worker = Worker(job, rank.number, rank.local, Path(folder))
            return _watched([worker], rank.size, host, elsewhere)
        finally:
            with contextlib.suppress(RuntimeError):  # a store that is gone must not hide why this ends
                store.set(f"over-{number}", "")


def _part(number: int, job: Told) -> None:
    """The part of a process that is not the first; what goes wrong in it, the first one says."""
    rank, store = ranks.here(), ranks.store()

    def elsewhere() -> KcoderError | None:
        return KcoderError("the first process has ended") if store.check([f"over-{number}"]) else None

    with TemporaryDirectory() as folder:
        worker = Worker(job, rank.number, rank.local, Path(folder))
        try:
            _watched([worker], rank.size, Host(), elsewhere)
        except KcoderError as error:
            store.set(f"failed-{number}", json.dumps(as_told(error, str(error.__cause__ or ""))))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("", 0))
        return int(found.getsockname()[1])


def _watched(
    workers: Sequence[Worker], size: int, host: Host, elsewhere: Callable[[], KcoderError | None] = lambda: None
) -> Told:
    """What the first of these workers makes, once all have ended; none is left whatever happens."""
    first, asked, failure, until = workers[0], False, None, math.inf
    try:
        while not all(worker.ended for worker in workers) and time.monotonic() < until:
            if host.stop.is_set() and not asked:
                asked = True
                first.stop()
            for worker in workers:
                worker.hear(host if worker is first else Host())
            failure = failure or elsewhere()
            if until == math.inf and (failure or any(worker.failed for worker in workers)):
                said = failure or any(worker.error and worker.error["kind"] for worker in workers)
                until = time.monotonic() + (SAID if said else GRACE)
            time.sleep(EVERY)
    finally:
        killed = {worker.number for worker in workers if worker.kill()}
    for worker in workers:
        worker.hear(host if worker is first else Host(), to_the_end=True)
    _raise_the_cause(workers, killed, size, failure)
    if first.done is None:
        raise KcoderError(f"process {first.number} of {size} ended without a result", first.last_words())
    return first.done


def _raise_the_cause(workers: Sequence[Worker], killed: set[int], size: int, failure: KcoderError | None) -> None:
    """Raise what went wrong first, where anything did. Who loses a neighbour fails too, with words that mean nothing.

    So an error that was meant for the person goes before a death, and a death before any other exception. Those that
    were `killed` in the end died of no cause of their own.
    """
    told = sorted((worker.error for worker in workers if worker.error), key=lambda error: float(error["at"]))
    for error in told:
        if error["kind"]:
            raise as_error(error) from Elsewhere(error["story"])
    for worker in workers:
        if worker.number not in killed and not worker.error and worker.process.returncode:
            raise worker.death(size)
    if failure:
        raise failure
    for error in told:
        raise as_error(error) from Elsewhere(error["story"])
