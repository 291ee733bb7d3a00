"""How much memory there is for a training: the GPU's, or else what this system, or its group, still gives."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from kcoder.training import gpu
from kcoder.training.memory import MIB

#: What a process holds once Python, torch, transformers and peft are imported (measured: 436 to 489 MiB), and what a
#: GPU's driver sets aside for one (not measured here).
PROGRAM, CONTEXT = 470 * MIB, 500 * MIB
SYSTEM = Path("/")


@dataclass(frozen=True)
class Room:
    """Bytes that are free, where, and those that go before the first tensor."""

    where: str
    free: float
    program: float
    able: tuple[int, int] | None = None


def room() -> Room | None:
    """That of the first GPU if there is one to be used, else of the system; None where the system does not tell."""
    if (able := gpu.capability()) and (free := gpu.free()):
        return Room("GPU", free, CONTEXT, able)
    told = [each for each in (_available(), *_left_by_group()) if each is not None]
    return Room("RAM", min(told), PROGRAM) if told else None


def _available() -> float | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (SYSTEM / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return None


def _left_by_group() -> list[float]:
    """What the control groups of this process (a container's, a job's) still allow, in either of their versions."""
    left = []
    for group, limit, used in (
        ("sys/fs/cgroup", "memory.max", "memory.current"),
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        for folder in {SYSTEM / group, *_own(SYSTEM / group)}:
            with contextlib.suppress(OSError, ValueError):  # "max" is no number
                left.append(float((folder / limit).read_text()) - float((folder / used).read_text()))
    return left


def _own(root: Path) -> list[Path]:
    """The folders of this process's own groups, and of those around them."""
    with contextlib.suppress(OSError):
        paths = [line.split(":", 2)[2].strip("/\n") for line in (SYSTEM / "proc/self/cgroup").open()]
        return [root / part for path in paths if path for part in (Path(path), *Path(path).parents)]
    return []
