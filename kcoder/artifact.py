"""A finished folder: its manifest, its digests, and how a folder becomes one.

What is fsynced before the rename survives a power cut; what is renamed is whole or absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
#: A log of the work: times and rates, which differ each time. It stands in an artifact and is no part of the result.
LOG = "metrics.jsonl"
#: what `write_durably` leaves behind when it is killed
UNFINISHED = ".*.tmp"
FORMAT = 1


@dataclass(frozen=True)
class Artifact:
    """A folder with a manifest: what was asked, what was used, what came out, and the digest of each file."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest. Raises FileNotFoundError or ValueError where the folder is no artifact."""
        told = json.loads((self.folder / MANIFEST).read_bytes())
        if not isinstance(told, dict) or not isinstance(told.get("files"), dict):
            raise ValueError(f"{self.folder / MANIFEST} is no manifest")
        return told

    @property
    def key(self) -> str:
        return str(self.manifest["key"])

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(int(f["size"]) for f in self.manifest["files"].values())

    @property
    def digest(self) -> str:
        """One digest over the names and contents of all files: equal digests are equal results."""
        return digest_of(canonical(self.manifest["files"]))

    def stands_on(self, inputs: Mapping[str, str]) -> bool:
        """Whether it was made of inputs with these digests, by key. Equal keys promise equal results, but a machine
        may break the promise; what was made of other bytes is then out of date."""
        made_of = self.manifest.get("inputs", {})
        return all(made_of.get(key) == digest for key, digest in inputs.items())

    def faults(self, *, thorough: bool) -> list[str]:
        """What is not as the manifest says: missing, added or resized files and, if thorough, changed content."""
        found = []
        told = self.manifest["files"]
        here = {relative(p, self.folder) for p in _files(self.folder)} - {MANIFEST}
        for name, file in told.items():
            path = self.folder / name
            if not path.is_file():
                found.append(f"{name}: missing")
            elif path.stat().st_size != file["size"]:
                found.append(f"{name}: {path.stat().st_size:,} bytes, {file['size']:,} when it was made")
            elif thorough and file_digest(path) != file["sha256"]:
                found.append(f"{name}: its content has changed since it was made")
        return found + [f"{name}: was not there when the artifact was made" for name in sorted(here - set(told))]


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Make a folder's files durable and write its manifest, last. The caller renames."""
    files = {}
    for path in _files(folder):
        if path.is_symlink():
            raise ValueError(f"a link in an output: {path.name}")
        sync(path)
        files[relative(path, folder)] = {"size": path.stat().st_size, "sha256": file_digest(path)}
    told = {"format": FORMAT, **manifest, "files": files}
    write_durably(folder / MANIFEST, json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False).encode())
    for below in [*(p for p in folder.rglob("*") if p.is_dir()), folder]:
        sync(below)


def canonical(value: Any) -> bytes:
    """JSON with one spelling: what digests and keys are taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file so that a reader, or a crash, finds the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync(path.parent)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):  # writing tells no name
            error.filename = str(path)
        raise


def bring(file: Path, to: Path, *, link: bool) -> None:
    """A copy of a file; with `link` the same file under another name, where the file system can."""
    if link:
        try:
            os.link(file, to)
            return
        except OSError:
            pass  # another file system, or one without links
    shutil.copyfile(file, to)


def sync(path: Path) -> None:
    """fsync a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def taken(*folders: Path) -> int:
    """Bytes that the files in these folders take on the disk: one that has several names counts once."""
    told = [path.stat() for folder in folders for path in folder.rglob("*") if path.is_file()]
    return sum({(each.st_dev, each.st_ino): each.st_size for each in told}.values())


def freed(*folders: Path) -> int:
    """Bytes that are free once these folders are gone: not those of files that have a name elsewhere too."""
    told = [path.stat() for folder in folders for path in folder.rglob("*") if path.is_file()]
    names = Counter((each.st_dev, each.st_ino) for each in told)
    gone = {(each.st_dev, each.st_ino): each for each in told if names[each.st_dev, each.st_ino] == each.st_nlink}
    return sum(each.st_size for each in gone.values())


def relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if (p.is_file() or p.is_symlink()) and p != folder / LOG)
