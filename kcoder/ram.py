"""How much memory this machine has, and how much of it a container or a job may take."""

from __future__ import annotations

import os
from pathlib import Path

#: of both versions of control groups: what may be held, what is held, and the part of it that can be given up
KINDS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def available(root: Path = Path("/")) -> float:
    """Bytes that a process can still take; 0 where the system does not say. `root` is where the system's files lie."""
    _, free = machine(root)
    _, left = container(root)
    return free if left is None else min(free, left)


def machine(root: Path = Path("/")) -> tuple[float, float]:
    """Bytes in all, and those that are free."""
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
        told = {name: float(value.split()[0]) * 1024 for name, _, value in (line.partition(":") for line in lines)}
        return told["MemTotal"], told["MemAvailable"]
    except (OSError, KeyError, ValueError, IndexError):
        pass
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * float(os.sysconf("SC_PAGE_SIZE")) if root == Path("/") else 0.0
    except (OSError, ValueError):
        return 0.0, 0.0
    return pages, pages


def container(root: Path = Path("/")) -> tuple[float | None, float | None]:
    """The least limit of our control group and those above it, of either version, and the least that is left."""
    try:
        groups = [line.split(":", 2) for line in (root / "proc/self/cgroup").read_text().splitlines()]
    except OSError:
        return None, None
    found: list[tuple[float, float]] = []
    for _, controllers, path in (group for group in groups if len(group) == 3):
        if controllers not in ("", "memory") and "memory" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("memory" if controllers else "")
        ours = top / path.lstrip("/")
        found += filter(None, (_limit(each) for each in [ours, *ours.parents] if each.is_relative_to(top)))
    if not found:
        return None, None
    return min(limit for limit, _ in found), min(max(0.0, limit - used) for limit, used in found)


def _limit(folder: Path) -> tuple[float, float] | None:
    for limit, usage, cache in KINDS:
        try:
            used = float((folder / usage).read_text()) - _cache(folder, cache)
            return float((folder / limit).read_text()), used
        except (OSError, ValueError):  # "max" is no limit
            continue
    return None


def _cache(folder: Path, name: str) -> float:
    """Of what a group holds, files that were read and are given up as soon as the memory is wanted."""
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0.0)
    except (OSError, ValueError, IndexError):
        return 0.0
