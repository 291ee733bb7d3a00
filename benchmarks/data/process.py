"""Work measured in a process of its own: what it holds and imports does not weigh on the next."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar("R")


def measured(work: Callable[[], R]) -> tuple[R, dict[str, float]]:
    """What the work returns, its CPU and wall seconds, and `peak`."""
    cpu, wall = time.process_time(), time.perf_counter()
    made = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return made, {"cpu": round(cpu, 3), "wall": round(wall, 3), "memory": round(peak(), 3)}


def peak() -> float:
    """The most memory this process has ever held, in GB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says counts the parent too, up to the start of this program
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


def alone(*arguments: str, threads: int | None = None) -> dict[str, Any]:
    """What a Python script prints as its last line: JSON."""
    world = dict(os.environ)
    if threads:
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
        world |= dict.fromkeys(names, str(threads))
    done = subprocess.run([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, check=True, env=world)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def machine(*packages: str) -> dict[str, str]:
    return {"machine": platform.platform(), "python": platform.python_version()} | {p: version(p) for p in packages}
