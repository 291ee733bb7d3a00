"""What the sandbox costs a program: executed in it and bare, in processor time of the whole tree.

    python benchmarks/execution/start.py [--programs 400] [--runs 3] [-o FILE]

Two programs that do nothing: /bin/true, against a fork that executes it, and an empty Python program with one call,
against a fork of an interpreter. Each way in a process of its own, in turn; starting the sandbox itself is not counted,
since it is started once for all programs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from kcoder.isolation.client import Launcher, Room
from kcoder.isolation.proof import proven

LEVELS = ("namespaces", "landlock")
LIMITS = {"seconds": 10.0, "memory": 1024, "processes": 32, "files": 64, "output": 1024}
TRUE = {"files": {}, "steps": [{"command": ["/bin/true"]} | LIMITS]}
PYTHON = {"code": "def f(n):\n    return n\n", "tests": "def check(f):\n    assert f(1) == 1\n", "entry": "f"} | LIMITS
#: the most that the sandbox may add to a program, in ms
TARGET = 5.0


def sandboxed(level: str, job: dict[str, object], programs: int) -> float:
    """Seconds of processor time of so many programs, without those of the sandbox's own start."""
    launcher = Launcher(Room(level))
    launcher.ask(job, 30)  # started, and warm
    assert launcher.process
    before = _tree(launcher.process.pid) + _own()
    for _ in range(programs):
        launcher.ask(job, 30)
    spent = _tree(launcher.process.pid) + _own() - before
    launcher.close()
    return spent


def bare(job: dict[str, object], programs: int) -> float:
    before = _own()
    for _ in range(programs):
        pid = os.fork()
        if pid == 0:
            if "steps" in job:
                os.execv("/bin/true", ["/bin/true"])
            os._exit(0)
        os.waitpid(pid, 0)
    return _own() - before


def _own() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _tree(pid: int) -> float:
    """Of a process, its descendants and those they have reaped, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(_tree(int(child)) for child in below)


def measured(way: str, programs: int) -> dict[str, float]:
    """Milliseconds a program, by the kind of program."""
    kinds = {"true": TRUE, "python": PYTHON}
    spent = {
        name: bare(job, programs) if way == "bare" else sandboxed(way, job, programs) for name, job in kinds.items()
    }
    return {name: 1000 * seconds / programs for name, seconds in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=400)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way")
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    if given.way:
        sys.stdout.write(json.dumps(measured(given.way, given.programs)))
        return
    ways = ["bare", *(level for level in LEVELS if not proven(level))]
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    began = time.perf_counter()
    for _ in range(given.runs):
        for way in ways:
            command = [sys.executable, __file__, "--way", way, "--programs", str(given.programs)]
            taken[way].append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))
    each = {
        way: {kind: statistics.median(run[kind] for run in runs) for kind in runs[0]} for way, runs in taken.items()
    }
    told = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "kcoder": version("kcoder"),
        "programs": given.programs,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_ms_per_program": {way: {kind: round(ms, 2) for kind, ms in found.items()} for way, found in each.items()},
        "over_bare_ms": {
            way: {kind: round(ms - each["bare"][kind], 2) for kind, ms in each[way].items()} for way in ways[1:]
        },
        "target_ms": TARGET,
    }
    text = json.dumps(told, indent=1) + "\n"
    given.output.write_text(text, "utf-8") if given.output else sys.stdout.write(text)


if __name__ == "__main__":
    main()
