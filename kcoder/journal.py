"""A run's folder: its diary (`run.json`), its log, what it remembers of the world, and links to its results.

runs/<name>/spec.yaml  spec.resolved.yaml  run.json  lock.json  log.txt
runs/<name>/[<variant>/]<step> -> ../.store/<step>-<key>
runs/<name>/now -> ../.store/.draft-<key>               while a step is built
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kcoder.artifact import Artifact, write_durably
from kcoder.errors import UsageError, choice
from kcoder.host import Host, cores
from kcoder.plan import Memory, Plan, Planned

LIBRARIES = ("kcoder", "torch", "transformers", "peft", "polars", "pydantic", "tokenizers", "numpy")


class Journal:
    """The diary of one run, written to disk after every step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.diary: dict[str, Any] = read_diary(folder)

    def memory(self) -> Memory:
        """What the last runs of this name left behind. A diary that cannot be read is no memory, never an error."""
        asked: dict[tuple[str, str], dict[str, Any]] = {}
        for step in self.diary.get("steps", []):
            for variant in step["variants"]:
                asked[variant, step["step"]] = step["asked"]
        return Memory(asked, self.diary.get("failed", {}), _read(self.folder / "lock.json"))

    def begin(self, told: Mapping[str, Any], plan: Plan, host: Host) -> None:
        """Open a new entry. The asked options of steps stay until the new ones replace them."""
        kept: dict[str, Any] = {k: self.diary[k] for k in ("steps", "failed", "models") if k in self.diary}
        about = {"state": "running", "started": now(), "host": machine(host), "versions": versions()}
        # every key, so that nothing of this run is pruned however early it is killed
        self.diary = kept | dict(told) | about | {"keys": [p.key for p in plan]}
        lock = _read(self.folder / "lock.json") | {k: v for k, v in plan.world.items() if v and "unknown" not in v}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_durably(self.folder / "lock.json", _json(lock))
        self.write()

    @contextlib.contextmanager
    def building(self, draft: Path) -> Iterator[None]:
        """Meanwhile `now` leads to the draft, so that a person can follow what is written there. Nothing depends on it:
        it is left out where the file system has no links, or a variant bears that name."""
        place = self.folder / "now"
        with contextlib.suppress(OSError):
            _unlink_draft(place)  # of a run that was killed
            place.symlink_to(os.path.relpath(draft, self.folder))
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                _unlink_draft(place)

    def record(self, planned: Planned, artifact: Artifact, state: str) -> None:
        """A step is finished: note it, and link its result into the run's folder."""
        manifest = artifact.manifest
        entry: dict[str, Any] = {
            "key": planned.key,
            "artifact": artifact.folder.name,
            "state": state,
            "asked": planned.asked,
            "facts": manifest.get("facts", {}),
            **{k: manifest[k] for k in ("seconds", "cpu_seconds", "peak_mb") if k in manifest},
        }
        here = set(planned.uses)
        others = [s for s in self.diary.get("steps", []) if not here & {(v, s["step"]) for v in s["variants"]}]
        for name in planned.names:
            others.append({"step": name, "variants": [v for v, n in planned.uses if n == name], **entry})
        self.diary["steps"] = others
        self.diary.get("failed", {}).pop(planned.key, None)
        for variant, name in planned.uses:
            link(artifact.folder, self.folder / variant / name)

    def fail(self, planned: Planned, message: str) -> None:
        self.diary.setdefault("failed", {})[planned.key] = message
        self.write()

    def end(self, state: str, plan: Plan) -> None:
        """Close the entry; steps the spec no longer has are forgotten."""
        names = {use for p in plan for use in p.uses}
        keys = {p.key for p in plan}
        self.diary["failed"] = {k: m for k, m in self.diary.get("failed", {}).items() if k in keys}
        for step in self.diary.get("steps", []):
            gone = [v for v in step["variants"] if (v, step["step"]) not in names]
            step["variants"] = [v for v in step["variants"] if v not in gone]
            for variant in gone:
                unlink(self.folder / variant / step["step"])
        self.diary["steps"] = [s for s in self.diary.get("steps", []) if s["variants"]]
        self.diary |= {"state": state, "ended": now()}
        self.write()

    def write(self) -> None:
        write_durably(self.folder / "run.json", _json(self.diary))

    def log(self, text: str) -> None:
        """Append to log.txt, which holds everything, tracebacks included."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.txt").open("a", encoding="utf-8", errors="replace") as file:
            file.write("".join(f"{now()} {line}\n" for line in text.rstrip().splitlines()))


def read_diary(folder: Path) -> dict[str, Any]:
    """A run's diary; empty where there is none that can be read, or it holds something else."""
    told = _read(folder / "run.json")
    steps = told.get("steps", [])
    right = isinstance(steps, list) and all(
        isinstance(s, dict)
        and all(isinstance(s.get(n), str) for n in ("step", "artifact", "key"))
        and isinstance(s.get("variants"), list)
        and isinstance(s.get("asked"), dict)
        for s in steps
    )
    others = all(isinstance(told.get(name, {}), dict) for name in ("failed", "models", "published"))
    return told if right and others else {}


def named(diary: Mapping[str, Any]) -> list[str]:
    """The keys that a diary names, in full or short."""
    models = [model["artifact"].rpartition("-")[2] for model in diary.get("models", {}).values()]
    return [*diary.get("keys", []), *(step["key"] for step in diary.get("steps", [])), *models]


def find_run(run: str, root: Path) -> Path:
    """The folder of a run, by its name or path. Raises UsageError with the near miss."""
    for folder in (root / run, Path(run)):
        if (folder / "run.json").is_file():
            return folder
    others = runs(root)
    raise UsageError(f"there is no run {run} in {root}", choice(Path(run).name, [f.name for f in others]))


def runs(root: Path) -> list[Path]:
    """The folders of all runs, by name."""
    return sorted(p.parent for p in root.glob("*/run.json")) if root.is_dir() else []


def link(target: Path, place: Path) -> None:
    """A relative link to an artifact; a copy where the file system has no links."""
    told = Path(os.path.relpath(target, place.parent))
    if place.is_symlink() and place.readlink() == told:
        return
    if place.parent.is_symlink():  # a variant now bears the name a step had: never write through into the store
        place.parent.unlink()
    unlink(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        draft.symlink_to(told)
        draft.replace(place)  # another run of this name may have made it meanwhile
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        shutil.copytree(target, place, dirs_exist_ok=True)


def _unlink_draft(place: Path) -> None:
    if place.is_symlink() and place.readlink().name.startswith(".draft-"):
        place.unlink()


def unlink(place: Path) -> None:
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    with contextlib.suppress(OSError):
        place.parent.rmdir()  # an empty variant's folder


def machine(host: Host) -> dict[str, Any]:
    """What the run ran on; kept in the diary, never in a key."""
    memory = 0
    with contextlib.suppress(ValueError, OSError, AttributeError):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": cores(),
        "memory": memory,
        "threads": host.threads,
        "device": host.device,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }


def versions() -> dict[str, str]:
    """Versions of the libraries that results may depend on, without importing them."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()
