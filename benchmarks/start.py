"""What starting kcoder costs, in CPU seconds of whole processes, against `python -c "import click"` in the same run.

    python benchmarks/start.py [--runs 9]

Prints the median of each command and its ratio to click's own import; the machine is named, the figures belong into
benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRONG = sorted((ROOT / "tests" / "specs" / "wrong").glob("*.yaml"))


def cpu_seconds(command: list[str], folder: Path) -> float:
    """User and system time of a command and everything it started."""
    before = os.times()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    kcoder = [sys.executable, "-m", "kcoder"]
    quickstart = str(ROOT / "specs" / "quickstart.yaml")
    commands = {
        "import click": [sys.executable, "-c", "import click"],
        "kcoder --help": [*kcoder, "--help"],
        "kcoder check quickstart": [*kcoder, "check", quickstart],
        "kcoder schema": [*kcoder, "schema"],
        "kcoder plugins": [*kcoder, "plugins"],
        **{f"wrong: {path.stem}": [*kcoder, "check", str(path)] for path in WRONG},
    }
    with tempfile.TemporaryDirectory() as folder:
        took = {name: [] for name in commands}
        for _ in range(runs):  # in turn, so that a slow moment of the machine falls on all
            for name, command in commands.items():
                took[name].append(cpu_seconds(command, Path(folder)))
    medians = {name: statistics.median(times) for name, times in took.items()}
    wrong = {name: value for name, value in medians.items() if name.startswith("wrong: ")}
    shown = {name: value for name, value in medians.items() if name not in wrong}
    for name, value in shown.items():
        sys.stdout.write(f"{name:<28}{value:6.3f} s   {value / medians['import click']:5.2f} x click\n")
    slowest = max(wrong, key=lambda name: wrong[name])
    sys.stdout.write(f"{len(wrong)} wrong specs: median {statistics.median(wrong.values()):.3f} s, ")
    sys.stdout.write(f"slowest {wrong[slowest]:.3f} s ({slowest})\n")
    told = {"machine": platform.platform(), "python": platform.python_version(), "runs": runs, "cpu_seconds": medians}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
