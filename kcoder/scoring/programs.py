"""Scoring many programs, on several processes, whatever one of them does to its process.

What this does not protect from: with one worker the programs are scored in this very process, which a scorer that
crashes takes with it; and no time limit ends a scorer that never returns.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from kcoder.host import Host

#: a program, and the language it is scored in
Program = tuple[str, str]
Chunk = Sequence[Program]
#: the values of one program by name; None where it cannot be read
Values = Mapping[str, float | None] | None
#: what is told of a program, and what tells it: a scorer's `score`, for example
Told = TypeVar("Told")
Ask = Callable[[str, str], Told]

#: programs, or characters, handed to a process at a time
ROWS, CHARACTERS = 128, 1 << 20
#: characters from which starting processes (0.3 s each) is worth while
ENOUGH = 2 << 20
#: how deep Python may nest while a program is scored, however deep the caller stands
ROOM = 1000


def score_programs(programs: Sequence[Program], asked: Mapping[str, Ask[Told]], host: Host) -> list[Told | None]:
    """What is told of each program by whom its language asks, who has to be picklable; None where it asks nobody.

    The same on any number of processes. A program at which a process dies gets None.
    """
    chunks = deque(_chunks(programs))
    several = host.workers > 1 and sum(len(text) for text, _ in programs) >= ENOUGH
    scored = _on_processes(chunks, asked, host) if several else _here(chunks, asked, host)
    return [told for chunk in scored for told in chunk]


def score_here(programs: Sequence[Program], asked: Mapping[str, Ask[Told]]) -> list[Told | None]:
    """In this process. Trees of syntax are many small objects without cycles: looking for cycles costs a fifth."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        with _same_room():
            return [asked[language](text, language) if language in asked else None for text, language in programs]
    finally:
        if collecting:
            gc.enable()


def _here(chunks: Iterable[Chunk], asked: Mapping[str, Ask[Told]], host: Host) -> Iterator[list[Told | None]]:
    for chunk in chunks:
        host.check()
        yield score_here(chunk, asked)


def _on_processes(waiting: deque[Chunk], asked: Mapping[str, Ask[Told]], host: Host) -> Iterator[list[Told | None]]:
    """In order. Few chunks are on their way at a time, so that few are under suspicion when a process dies."""
    while waiting:
        running: deque[tuple[Chunk, Future[list[Told | None]]]] = deque()
        with _pool(host.workers) as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < 2 * host.workers:
                        running.append((waiting[0], pool.submit(score_here, waiting[0], asked)))
                        waiting.popleft()
                    host.check()
                    yield running[0][1].result()
                    running.popleft()
            except BrokenProcessPool:
                pass
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        suspects = [chunk for chunk, _ in running]
        if suspects and not _processes_start():
            yield from _here([*suspects, *waiting], asked, host)
            return
        for chunk in suspects:
            host.check()
            yield _alone(chunk, asked)


def _alone(chunk: Chunk, asked: Mapping[str, Ask[Told]]) -> list[Told | None]:
    """A chunk that may hold the program at which a process died: found by halving."""
    try:
        with _pool(1) as pool:
            return pool.submit(score_here, chunk, asked).result()
    except BrokenProcessPool:
        if len(chunk) == 1:
            return [None]
        half = len(chunk) // 2
        return _alone(chunk[:half], asked) + _alone(chunk[half:], asked)


def _pool(workers: int) -> ProcessPoolExecutor:
    # a fork would copy locks that other threads (polars') hold
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _processes_start() -> bool:
    """Where they cannot (a script that guards its main part not), no program may be blamed for it."""
    try:
        with _pool(1) as pool:
            return pool.submit(score_here, [], {}).result() == []
    except (BrokenProcessPool, OSError):
        return False


def _chunks(programs: Sequence[Program]) -> Iterator[Chunk]:
    start = size = 0
    for at, (text, _) in enumerate(programs):
        size += len(text)
        if at - start + 1 == ROWS or size >= CHARACTERS:
            yield programs[start : at + 1]
            start, size = at + 1, 0
    if start < len(programs):
        yield programs[start:]


@contextmanager
def _same_room() -> Iterator[None]:
    """The same depth of recursion for all: what a deeply nested program scores must not depend on who asks."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + ROOM)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
