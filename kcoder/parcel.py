"""A run as one file, to be carried to another machine: trained there, executed here.

    run/...          the files of the run's folder
    store/NAME/...   each artifact that the run names, with all that it was made of
    drafts/KEY/...   what is unfinished, its checkpoints included
    links.json       the names of its steps in the run's folder, with their artifacts; last, so that a file that was cut
                     lacks it

Keys tell what was asked and of which bytes, not where: on the other machine the same spec finds all of it finished.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tarfile
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from kcoder.artifact import MANIFEST, Artifact, sync
from kcoder.errors import KcoderError, UsageError
from kcoder.journal import link, named, read_diary
from kcoder.store import SHORT, Store

LINKS = "links.json"


def pack(folder: Path, file: Path) -> int:
    """Write a run into a file, whole or not at all; the number of artifacts in it. Raises KcoderError for a run whose
    artifacts are gone or changed."""
    store, diary = Store(folder.parent / ".store"), read_diary(folder)
    if not diary:
        raise KcoderError(f"{folder / 'run.json'} cannot be read", "run its spec again, then pack it")
    draft = file.with_name(f".{file.name}.tmp")
    with store.in_use():
        artifacts = store.made_of(named(diary))
        there = {each.folder.name for each in artifacts}
        if gone := [step["step"] for step in diary.get("steps", []) if step["artifact"] not in there]:
            raise KcoderError(f"{folder.name}: the artifact of {gone[0]} is gone", f"kcoder verify {folder.name}")
        for each in artifacts:
            if faults := each.faults(thorough=True):
                raise KcoderError(f"{each.folder}: {faults[0]}", f"kcoder verify {folder.name}")
        try:
            # a file that artifacts share goes in for each of them: only files are taken out again
            with tarfile.open(draft, "w", dereference=True) as told:
                links = {}
                for path in _walk(folder):
                    place = path.relative_to(folder).as_posix()
                    if path.is_file() and not path.is_symlink():
                        told.add(path, f"run/{place}")
                    else:
                        links[place] = path.resolve().name if path.is_symlink() else _copied(path)
                for each in artifacts:
                    told.add(each.folder, f"store/{each.folder.name}")
                for left in (store.draft(key) for key in diary.get("keys", [])):
                    if left.is_dir():
                        told.add(left, f"drafts/{left.name.removeprefix('.draft-')}")
                _add(told, LINKS, json.dumps(links, indent=1, sort_keys=True))
            sync(draft)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    return len(artifacts)


def unpack(file: Path, root: Path) -> tuple[Path, int, int]:
    """Give a packed run its place under `root`; its folder, and how many artifacts came and how many were there.

    Raises UsageError for a file that is none or a run whose name is taken, KcoderError where contents are not as they
    were packed. Nothing is there before all of it is.
    """
    store = Store(root / ".store")
    aside = store.root / f".unpacking-{file.name}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        _extract(file, aside)
        name = str(read_diary(aside / "run").get("name", ""))
        if not name or Path(name).name != name:
            raise UsageError(f"{file} holds no run", "give a file that kcoder pack wrote")
        folder = root / name
        if (folder / "run.json").exists():
            hint = f"unpack it elsewhere: --out DIR, or move {folder} away"
            raise UsageError(f"there is a run {name} in {root} already", hint)
        came = [Artifact(each) for each in sorted((aside / "store").glob("*"))]
        for each in came:
            if faults := _faults(each):
                raise KcoderError(f"{file}: {each.folder.name}: {faults[0]}", "pack it again, and copy it again")
        links = _links(file, aside, {each.folder.name for each in came})
        with store.in_use():
            new = [each for each in came if store.find(each.key) is None]
            for each in new:
                with store.building(each.key, lambda _: None):
                    store.adopt(each.folder)
            for left in sorted((aside / "drafts").glob("*")):
                if not store.draft(left.name).exists() and store.find(left.name) is None:
                    left.rename(store.draft(left.name))
            shutil.copytree(aside / "run", folder, dirs_exist_ok=True)
            for place, artifact in links.items():
                link(store.root / artifact, folder / place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder, len(new), len(came) - len(new)


def _walk(folder: Path) -> Iterator[Path]:
    """Files, and in place of artifacts their links, or the folders they were copied to."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.is_file() or (path / MANIFEST).is_file():
            yield path
        else:
            yield from _walk(path)


def _copied(place: Path) -> str:
    """The name in the store of an artifact that was copied, where the file system has no links."""
    told = Artifact(place).manifest
    return f"{told['step']}-{told['key'][:SHORT]}"


def _add(told: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text.encode())
    told.addfile(member, io.BytesIO(text.encode()))


def _extract(file: Path, aside: Path) -> None:
    """Files and folders alone, and none outside of `aside`."""
    try:
        with tarfile.open(file, "r") as told:
            for member in told:
                if not (member.isfile() or member.isdir()):
                    raise UsageError(f"{file}: {member.name} is neither a file nor a folder", "it is no packed run")
                told.extract(member, aside, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise UsageError(f"{file} cannot be unpacked: {error}", "give a file that kcoder pack wrote") from None
    if not (aside / LINKS).is_file():
        raise UsageError(f"{file} is not whole, or no packed run", "copy it again; kcoder pack wrote it")


def _links(file: Path, aside: Path, artifacts: Container[str]) -> dict[str, str]:
    """The places of a run that are artifacts of its own. Raises UsageError for one that lies or leads elsewhere."""
    told: Any = None
    with contextlib.suppress(ValueError):
        told = json.loads((aside / LINKS).read_bytes())
    for place, artifact in told.items() if isinstance(told, dict) else [("", "")]:
        if not place or Path(place).is_absolute() or ".." in Path(place).parts or str(artifact) not in artifacts:
            raise UsageError(f"{file}: {LINKS} names what is not in it", "give a file that kcoder pack wrote")
    return dict(told)


def _faults(artifact: Artifact) -> list[str]:
    with contextlib.suppress(OSError, ValueError, KeyError):
        named = f"{artifact.manifest['step']}-{artifact.key[:SHORT]}"
        return artifact.faults(thorough=True) if artifact.folder.name == named else ["it bears another's name"]
    return ["it has no manifest"]
