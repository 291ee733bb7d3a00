"""How much room there is: memory, what a container may take of it, and the disks that a run writes to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kcoder import ram
from kcoder.finding import Finding

GB = 1e9
#: below this much free memory not even a small model can be trained beside its libraries
LEAST_MEMORY = 2 * GB
#: below this much free disk a few checkpoints of a model of 350 million weights fill it
LEAST_DISK = 10 * GB
#: where Docker leaves /dev/shm as it is, it has 64 MB
LEAST_SHARED = 256e6


def room() -> list[Finding]:
    from huggingface_hub import constants

    disks = {"here": Path(), "the hub's cache": Path(constants.HF_HUB_CACHE), "/tmp": Path(tempfile.gettempdir())}
    return [memory(), *filter(None, [shared()]), *disk(disks)]


# ---- memory ------------------------------------------------------------------------------------------------------


def memory(root: Path = Path("/")) -> Finding:
    """Of this machine, and of the container or job that we are in."""
    total, free = ram.machine(root)
    limit, left = ram.container(root)
    limit = limit if limit is not None and limit < total else None  # an old kernel says no limit as a large one
    facts: dict[str, float | None] = {"total": total, "free": free, "limit": limit}
    if not total:
        return Finding("memory", True, "this system does not say how much there is", facts=facts)
    told = f"{free / GB:.1f} of {total / GB:.1f} GB free"
    if limit is not None and left is not None:
        free = min(free, left)
        told = f"{free / GB:.1f} GB free: this container or job may take {limit / GB:.1f} of {total / GB:.1f} GB"
    if free < LEAST_MEMORY:
        return Finding("memory", False, told, "end other programs, or take a machine with more", facts)
    return Finding("memory", True, told, facts=facts)


def shared(folder: Path = Path("/dev/shm")) -> Finding | None:
    """Processes that train together, one on each GPU, speak through this; nothing else of ours does."""
    if not folder.is_dir() or (total := shutil.disk_usage(folder).total) >= LEAST_SHARED:
        return None
    told = f"{total / 1e6:.0f} MB: too little for a training on several GPUs"
    return Finding(str(folder), False, told, "docker run --shm-size=2g, or --ipc=host", {"total": total})


# ---- disks -------------------------------------------------------------------------------------------------------


CURES = {
    "here": "kcoder prune frees it; kcoder run --out FOLDER writes to another disk",
    "the hub's cache": "HF_HOME=FOLDER, on another disk",
    "/tmp": "TMPDIR=FOLDER, on another disk",
}


def disk(places: Mapping[str, Path]) -> list[Finding]:
    """A line for each disk, with all that is on it, and one for each place that cannot be written to."""
    disks: dict[int, list[str]] = {}
    free: dict[int, int] = {}
    found = []
    for name, path in places.items():
        there = next(folder for folder in [path.absolute(), *path.absolute().parents] if _exists(folder))
        if not os.access(there, os.W_OK):
            found.append(Finding("disk", False, f"{name}: {there} cannot be written to", CURES[name].split("; ")[-1]))
            continue
        number = there.stat().st_dev
        disks.setdefault(number, []).append(name)
        free[number] = shutil.disk_usage(there).free
    for number, names in disks.items():
        told = f"{free[number] / GB:.1f} GB free {_all(names)}"
        facts = {"free": free[number], "of": names}
        enough = free[number] >= LEAST_DISK
        found.append(Finding("disk", enough, told, "" if enough else CURES[names[0]], facts))
    return found


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError:  # below a folder that we may not enter
        return False


def _all(names: list[str]) -> str:
    told = ["here" if name == "here" else f"in {name}" for name in names]
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))
