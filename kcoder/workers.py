"""Work that several processes do together: they are started, watched, and all ended when one of them fails.

A worker is `python -m kcoder.training.worker FD`. It reads its job from standard input, a line of JSON, and "stop" on a
second line where the person asks for it. It tells lines of JSON through the pipe FD:

    {"progress": "..."} {"say": "..."}     for the person; number 0's are passed on
    {"done": {...}}                        its result; number 0's is that of all
    {"error": {"kind", "message", "hint", "story"}}

It ends with its parent: when its standard input ends, and on Linux by the kernel too.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kcoder import errors, ranks
from kcoder.errors import KcoderError
from kcoder.host import Host

Told = dict[str, Any]
#: the module whose processes work. No job names it: in a launch jobs come from a store, into which others may write
WORKER = "kcoder.training.worker"
#: seconds in which the others may say why they failed, or end by themselves, once one has failed; fewer are enough
#: where it has said so in words for the person
GRACE, SAID = 5.0, 1.0
#: seconds between two looks at the processes
EVERY = 0.1
_jobs = count(1)


class Elsewhere(Exception):  # noqa: N818 - it carries another process's traceback into the log
    """The story of a failure, as the process told it in which it happened."""


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
        return _as_error(json.loads(store.get(f"failed-{number}"))) if failed else None

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
            raise _as_error(error) from Elsewhere(error["story"])
    for worker in workers:
        if worker.number not in killed and not worker.error and worker.process.returncode:
            raise worker.death(size)
    if failure:
        raise failure
    for error in told:
        raise _as_error(error) from Elsewhere(error["story"])


# ---- one process ---------------------------------------------------------------------------------------------------


class Worker:
    """One process, and what it has told. `number` is its own among all, `local` among those of this machine."""

    def __init__(self, job: Told, number: int, local: int, folder: Path) -> None:
        self.number, self.words = number, folder / f"words-{number}"
        self.done: Told | None = None
        self.error: Told | None = None
        self.told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        receive, send = os.pipe()
        try:
            with self.words.open("wb") as file:
                self.process = subprocess.Popen(
                    [sys.executable, "-P", "-m", WORKER, str(send)],
                    stdin=subprocess.PIPE,
                    stdout=file,
                    stderr=file,
                    pass_fds=(send,),
                    env=_environment(local),
                    start_new_session=True,  # Ctrl-C is for the parent, which asks them to stop
                )
        except BaseException:
            os.close(receive)
            raise
        finally:
            os.close(send)
        self.listener = threading.Thread(target=self._listen, args=(receive,), daemon=True)
        self.listener.start()
        self._write(json.dumps(job | {"number": number}))

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def failed(self) -> bool:
        return self.error is not None or self.process.poll() not in (None, 0)

    def stop(self) -> None:
        """Ask for it: the processes agree on a step."""
        self._write("stop")

    def kill(self) -> bool:
        """Make sure that it has ended; whether it had to be killed."""
        running = not self.ended
        if running:
            self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # of what it has not read
            assert self.process.stdin
            self.process.stdin.close()
        return running

    def hear(self, host: Host, *, to_the_end: bool = False) -> None:
        if to_the_end:
            self.listener.join(GRACE)
        while not self.told.empty():
            for kind, content in self.told.get().items():
                if kind == "progress":
                    host.progress(content)
                elif kind == "say":
                    host.say(content)
                else:
                    setattr(self, kind, content)

    def death(self, size: int) -> KcoderError:
        code = self.process.returncode
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
        hint = "the system kills what takes too much memory" if code == -signal.SIGKILL else self.last_words()
        return KcoderError(f"process {self.number} of the {size} {how}, and the others with it", hint)

    def last_words(self) -> str:
        lines = self.words.read_text("utf-8", errors="replace").strip().splitlines() if self.words.exists() else []
        return f"its last words: {lines[-1][:300]}" if lines else ""

    def _write(self, line: str) -> None:
        with contextlib.suppress(OSError):  # it has ended, and why is found out elsewhere
            assert self.process.stdin
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def _listen(self, receive: int) -> None:
        with open(receive, encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                for error in filter(None, [told.get("error")]):
                    error["at"] = time.monotonic()
                self.told.put(told)


def _environment(local: int) -> dict[str, str]:
    """What a launch has told is for the parent: in a worker torch would take it for its own. So is a GPU's number: a
    worker sees but one."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("TORCHELASTIC_")}
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        told.pop(name, None)
    if "KCODER_DEVICE" in told:
        told["KCODER_DEVICE"] = told["KCODER_DEVICE"].partition(":")[0]
    return told | _own_gpu(local)


def _own_gpu(local: int) -> dict[str, str]:
    """What shows a process no GPU but its own, so that "cuda" means that one wherever it is said."""
    seen = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = [name for name in seen.split(",") if name] if seen is not None else []
    if seen is not None and len(names) < 2:  # none, or Slurm has given each process its own
        return {}
    return {"CUDA_VISIBLE_DEVICES": names[local % len(names)] if names else str(local)}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("", 0))
        return int(found.getsockname()[1])


# ---- errors --------------------------------------------------------------------------------------------------------


def as_told(error: BaseException, story: str) -> Told:
    """An error as another process can raise it again; `kind` is empty where it was not meant for the person."""
    if isinstance(error, KcoderError):
        kind = next(cls.__name__ for cls in type(error).__mro__ if getattr(errors, cls.__name__, None) is cls)
        return {"kind": kind, "message": error.message, "hint": error.hint, "story": story}
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return {"kind": "", "message": reason, "hint": "", "story": story}


def _as_error(told: Told) -> KcoderError:
    made: KcoderError = getattr(errors, told["kind"] or "KcoderError")(told["message"], told["hint"])
    return made
