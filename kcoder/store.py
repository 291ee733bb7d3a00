"""Finished artifacts by key, and the drafts they are built in.

    runs/.store/<step>-<key>/     whole, read-only
    runs/.store/.draft-<key>/     being built, or kept for the next try
    runs/.store/.locks/<key>      held while a step is built; the kernel frees it when the holder dies

Two runs on one store never hurt each other: one builds, the other waits and adopts.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from kcoder.artifact import MANIFEST, UNFINISHED, Artifact, seal, sync
from kcoder.errors import KcoderError, MachineLacksError, no_space

SHORT = 12


class Store:
    """The artifacts under one folder. `root` is made on first use."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._index: dict[str, Path] | None = None

    def find(self, key: str) -> Artifact | None:
        """The artifact of this key if it is whole as far as names and sizes tell; `verify` reads contents."""
        folder = self._folders().get(key[:SHORT])
        if folder is None:
            return None
        artifact = Artifact(folder)
        try:
            if artifact.key == key and not artifact.faults(thorough=False):
                return artifact
        except (OSError, ValueError, KeyError):
            return None
        return None

    def every(self) -> list[Artifact]:
        """All artifact folders, damaged ones included, by name."""
        self._index = None
        return [Artifact(folder) for folder in sorted(self._folders().values())]

    def made_of(self, keys: Iterable[str]) -> list[Artifact]:
        """The artifacts of these keys, in full or short, with all that they were made of: an adapter stands on its
        base. Those that are gone are left out."""
        folders, waiting, found = self._folders(), [key[:SHORT] for key in keys], dict[str, Artifact]()
        while waiting:
            key = waiting.pop()
            if key in folders and key not in found:
                found[key] = Artifact(folders[key])
                with contextlib.suppress(OSError, ValueError):  # no manifest: nothing is known of it
                    waiting += [each[:SHORT] for each in found[key].manifest.get("inputs", {})]
        return sorted(found.values(), key=lambda each: each.folder.name)

    def adopt(self, folder: Path) -> None:
        """Give a whole artifact, which bears its name, its place. A damaged one of the same key makes way."""
        self._place(folder, Artifact(folder).key, self.root / folder.name)

    def _place(self, folder: Path, key: str, place: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
        for old in {place, self._folders().get(key[:SHORT], place)}:
            if old.exists():
                shutil.rmtree(old)
        folder.rename(place)
        sync(self.root)
        self._index = None

    def drafts(self) -> list[Path]:
        return sorted(self.root.glob(".draft-*")) if self.root.is_dir() else []

    def draft(self, key: str) -> Path:
        return self.root / f".draft-{key[:SHORT]}"

    @contextlib.contextmanager
    def building(self, key: str, waiting: Callable[[str], None]) -> Iterator[None]:
        """Hold the lock of a key. While another process holds it, call `waiting` with who that is, and wait.

        `waiting` may raise to give up.
        """
        locks = self.root / ".locks"
        locks.mkdir(parents=True, exist_ok=True)
        handle = os.open(locks / key[:SHORT], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            while not _locked(handle):
                waiting(_holder(handle))
                time.sleep(0.2)
            told = {"pid": os.getpid(), "command": " ".join(sys.argv)[:300]}
            with contextlib.suppress(OSError):  # on a full disk nobody can read who holds it
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(told).encode(), 0)
            self._index = None  # another process may have finished it while we waited
            yield
        finally:
            os.close(handle)

    def begin(self, key: str, *, resume: bool, scratch: str = "") -> Path:
        """The draft folder of a key: empty, or as an unfinished try left it, killed while publishing included."""
        draft, aside = self.draft(key), self._aside(key)
        if not resume:
            for left in (draft, aside):
                if left.exists():
                    shutil.rmtree(left)
        draft.mkdir(parents=True, exist_ok=True)
        (draft / MANIFEST).unlink(missing_ok=True)
        for torn in draft.rglob(UNFINISHED):  # of a kill in the middle of a write: it would be sealed with the rest
            torn.unlink()
        if scratch and aside.exists() and not (draft / scratch).exists():
            aside.rename(draft / scratch)
        return draft

    def publish(self, step: str, key: str, manifest: dict[str, Any], scratch: str = "") -> Artifact:
        """Seal the draft of a key and give it its place. A damaged artifact of the same key makes way.

        `scratch` names a folder of the draft that is put aside first and deleted last: sealing a large model takes
        long, and a kill meanwhile must not cost the checkpoints it was trained from.
        """
        draft, aside = self.draft(key), self._aside(key)
        if scratch and (draft / scratch).exists():
            shutil.rmtree(aside, ignore_errors=True)
            (draft / scratch).rename(aside)
        seal(draft, {"step": step, "key": key, **manifest})
        place = self.root / f"{step}-{key[:SHORT]}"
        self._place(draft, key, place)
        shutil.rmtree(aside, ignore_errors=True)
        return Artifact(place)

    def _aside(self, key: str) -> Path:
        return self.root / f".draft-{key[:SHORT]}-scratch"

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Held by a run: nobody prunes meanwhile."""
        with self._gate(fcntl.LOCK_SH):
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Held while pruning. Raises KcoderError when a run is at work on this store."""
        with self._gate(fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield

    @contextlib.contextmanager
    def _gate(self, how: int) -> Iterator[None]:
        (self.root / ".locks").mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root / ".locks" / "store", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if not _locked(handle, how):
                raise KcoderError("a run is at work on this store", "wait until it has ended, then prune")
            yield
        finally:
            os.close(handle)

    def remove(self, folder: Path) -> None:
        """Delete an artifact or draft; renamed first, so that a crash leaves no half artifact under its name."""
        doomed = self.root / f".doomed-{folder.name.lstrip('.')}-{os.getpid()}"
        folder.rename(doomed)
        shutil.rmtree(doomed)
        self._index = None

    def _folders(self) -> dict[str, Path]:
        if self._index is None:
            self._index = {}
            if self.root.is_dir():
                for entry in os.scandir(self.root):
                    if entry.is_dir() and not entry.name.startswith("."):
                        self._index[entry.name.rpartition("-")[2]] = Path(entry.path)
        return self._index


def disk_full(error: BaseException, step: str, folder: Path) -> MachineLacksError | None:
    """What a step that met a full disk says; None where something else went wrong. torch tells of no disk at all:
    that nothing is left in the store's `folder` is enough."""
    if not (no_space(error) or _nothing_left(folder)):
        return None
    file = Path(getattr(error, "filename", None) or folder)
    place = folder if file.is_relative_to(folder) else file
    return MachineLacksError(
        f"{step}: the disk that holds {place} is full; everything finished before is kept",
        "free some space (kcoder prune removes what no run needs), then run the same command again",
    )


def _nothing_left(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < 4096
    except OSError:
        return False


def _locked(handle: int, how: int = fcntl.LOCK_EX | fcntl.LOCK_NB) -> bool:
    """Whether the lock was got. Raises MachineLacksError on a file system that has none, as some notebooks' drives."""
    try:
        fcntl.flock(handle, how)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL):
            raise MachineLacksError(
                f"the file system of the runs has no locks ({error.strerror}), so two runs would spoil each other",
                "say --out FOLDER on a disk of this machine; kcoder pack NAME moves the run afterwards",
            ) from None
        raise
    return True


def _holder(handle: int) -> str:
    try:
        told = json.loads(os.pread(handle, 1000, 0))
        return f"process {told['pid']} ({told['command']})"
    except (OSError, ValueError, KeyError):
        return "another process"
