"""Sealed checkpoints of an unfinished training: a kill at any moment loses no more than one save interval.

    checkpoints/numerics.json      what the training runs on, and over which rows
    checkpoints/step-200/...       files, and seal.json with the sha256 of each
    checkpoints/weights-100/...    of an earlier one, what is chosen among at the end

A checkpoint is written beside its place, flushed to the disk, sealed and renamed. One that does not match
its seal is passed over: torch and safetensors both read a flipped bit without a word.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO, TypeVar

from kcoder.artifact import file_digest, sync, write_durably
from kcoder.errors import MachineLacksError

SEAL = "seal.json"
#: threads beside the one that writes: two for digests, one that waits for the disk
ASIDE = 3
#: bytes that are digested at a time, and seconds until it is looked whether a file has grown
READ, PAUSE = 2**20, 0.002

Result = TypeVar("Result")


def place(folder: Path, step: int) -> Path:
    return folder / f"step-{step}"


class Draft:
    """A checkpoint's files on their way: each is digested and flushed while the next one is written."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor) -> None:
        self.folder = folder
        self._pool = pool
        self._ends: dict[str, tuple[Callable[[], str], Callable[[], None]]] = {}

    def whole(self, file: Path) -> None:
        """To be called once a file is written."""
        self._ends[file.name] = self._aside(file_digest, file), self._aside(sync, file)

    @contextmanager
    def growing(self, file: Path) -> Iterator[BinaryIO]:
        """A large file, digested already while it is written. It can only be appended to: what was read of it stays."""
        whole = Event()
        try:
            with file.open("ab") as opened:
                digest = self._aside(partial(_followed, whole=whole), file)
                yield opened
        finally:
            whole.set()
        self._ends[file.name] = digest, self._aside(sync, file)

    def digests(self) -> dict[str, str]:
        """Those of all files, once all are on the disk. Raises what went wrong in a thread."""
        for _, flushed in self._ends.values():
            flushed()
        return {name: digest() for name, (digest, _) in self._ends.items()}

    def _aside(self, do: Callable[[Path], Result], file: Path) -> Callable[[], Result]:
        """What comes of it when it is asked for: done in a thread or, where no memory is left for one, only then."""
        try:
            return self._pool.submit(do, file).result
        except RuntimeError:
            return lambda: do(file)


def seal(folder: Path, step: int, write: Callable[[Draft], None]) -> None:
    """Let `write` fill a folder, and make it the checkpoint of this step, whole or not at all."""
    draft, final = folder / f".tmp-step-{step}", place(folder, step)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    with ThreadPoolExecutor(ASIDE) as pool:
        files = Draft(draft, pool)
        write(files)
        digests = files.digests()
    (draft / SEAL).write_text(json.dumps(digests, indent=2), "utf-8")
    sync(draft / SEAL)
    sync(draft)
    shutil.rmtree(final, ignore_errors=True)  # a damaged one that was passed over
    draft.rename(final)
    sync(folder)


def _followed(file: Path, whole: Event) -> str:
    """The digest of a file that grows until it is whole."""
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as opened:
        while True:
            last = whole.is_set()  # asked before the end is read, for it may grow in between
            while some := opened.read(READ):
                digest.update(some)
            if last:
                return digest.hexdigest()
            whole.wait(PAUSE)


def intact(folder: Path, step: int) -> bool:
    """Whether the checkpoint of this step is there and as it was sealed."""
    try:
        digests = json.loads((place(folder, step) / SEAL).read_text("utf-8"))
        return all(file_digest(place(folder, step) / name) == digest for name, digest in digests.items())
    except (OSError, ValueError, AttributeError):
        return False


def steps(folder: Path) -> list[int]:
    """The steps that have a checkpoint, the newest first, unread."""
    found = (path.name.removeprefix("step-") for path in folder.glob("step-*"))
    return sorted((int(number) for number in found if number.isdigit()), reverse=True)


def resumable(folder: Path, say: Callable[[str], None]) -> Iterator[int]:
    """The steps with an intact checkpoint, the newest first."""
    for step in steps(folder):
        if intact(folder, step):
            yield step
        else:
            say(f"the checkpoint of step {step} is damaged; looking for an earlier one")


def keep_only(folder: Path, wanted: set[int], weights: Container[int] = (), file: str = "") -> None:
    """Remove all other checkpoints; of the steps in `weights` one file stays, from which no training goes on."""
    for step in set(steps(folder)) - wanted:
        if step in weights:
            left = _left(folder, step)
            shutil.rmtree(left, ignore_errors=True)
            place(folder, step).rename(left)
        else:
            shutil.rmtree(place(folder, step))
    for other in folder.glob("weights-*/*"):  # what a kill has left of earlier ones, too
        if other.name not in (file, SEAL):
            other.unlink()


def weights(folder: Path, step: int, file: str) -> Path | None:
    """The folder that holds this file of a step, as it was sealed; None where it is gone or damaged."""
    for at in (place(folder, step), _left(folder, step)):
        try:
            if json.loads((at / SEAL).read_text("utf-8"))[file] == file_digest(at / file):
                return at
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _left(folder: Path, step: int) -> Path:
    return folder / f"weights-{step}"


#: how many processes share the work, and how, changes no more than rounding; each has its part of the processors
DIVISION = ("strategy", "processes")


def require_same(folder: Path, used: dict[str, Any]) -> None:
    """Note what the training runs on; refuse to go on with one that was begun on something else.

    Raises MachineLacksError. Other threads, another device or another torch change the last digits, and the
    result would be neither the one run nor the other. Another number of processes is no reason.
    """
    for left in folder.glob(".*.tmp"):  # by a run that was killed in the middle of writing a file
        left.unlink(missing_ok=True)
    file = folder / "numerics.json"
    was = _noted(file)
    if was == used:
        return
    names = [name for name in {**(was or {}), **used} if (was or {}).get(name) != used.get(name)]
    if any(name in DIVISION for name in names):
        names = [name for name in names if name not in (*DIVISION, "threads")]
    if steps(folder) and was is not None and names:
        raise MachineLacksError(
            "this training was begun with "
            + ", ".join(f"{name} {was.get(name, 'none')}" for name in names)
            + "; here it would go on with "
            + ", ".join(f"{name} {used.get(name, 'none')}" for name in names),
            _way_back(names, was) + "begin it anew with --redo and the step's name",
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(file, json.dumps(used, indent=2).encode())


def _noted(file: Path) -> dict[str, Any] | None:
    """What was noted before; None where nothing was, or nothing that can be read."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _way_back(names: list[str], was: dict[str, Any]) -> str:
    settings = {
        "threads": f"KCODER_THREADS={was.get('threads')}",
        "device": f"KCODER_DEVICE={was.get('device')}",
    }
    if names and all(name in settings for name in names):
        return f"go on with {' '.join(settings[name] for name in names)}, or "
    return "go on with the same again, or "
