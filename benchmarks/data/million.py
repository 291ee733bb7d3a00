"""A million small rows through the whole data section: seconds and memory of each step.

    python benchmarks/data/million.py [--rows 1000000] [--folder DIR]

Rows are made functions in Python, a tenth of them copies and a tenth near copies of others. The section reads JSON
Lines, filters, drops exact and near duplicates, looks for the problems of the built-in benchmark, and splits. Each step
runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = """name: million
data:
  source: {rows}
  language: python
  keep: [characters >= 20]
  dedup: [exact, near]
  decontaminate: mini
"""
STEPS = ("read", "filter", "keep", "duplicates.exact", "duplicates.near", "decontaminate", "split")
NAMES = ("count", "total", "item", "value", "index", "left", "right", "size", "word", "line", "key", "table", "row")


def function(draw: random.Random, number: int) -> str:
    """A function of four to twelve lines that does nothing sensible."""
    lines = [f"def made_{number}({draw.choice(NAMES)}, {draw.choice(NAMES)}_2):"]
    for _ in range(draw.randint(3, 11)):
        one, two, three = (draw.choice(NAMES) for _ in range(3))
        lines.append(
            f"    {one} = {two} {draw.choice('+-*%')} {draw.randrange(1000)} if {three} else {draw.random():.6f}"
        )
    return "\n".join([*lines, f"    return {draw.choice(NAMES)}", ""])


def write(path: Path, rows: int) -> None:
    draw = random.Random(0)
    recent: list[str] = []
    with path.open("w") as file:
        for number in range(rows):
            kind = draw.random()
            text = draw.choice(recent) if recent and kind < 0.2 else function(draw, number)
            if kind >= 0.1 and kind < 0.2:
                text += f"# {number}\n"
            recent = [*recent[-999:], text]
            file.write(json.dumps({"id": f"row-{number}", "code": text}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    told = parser.parse_args()
    folder = told.folder or Path(tempfile.mkdtemp())
    write(folder / "rows.jsonl", told.rows)
    (folder / "million.yaml").write_text(SPEC.format(rows=folder / "rows.jsonl"))
    for step in STEPS:
        command = [sys.executable, "-m", "kcoder", "run", "million.yaml", "-q", "--until", f"data.{step}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    steps = json.loads((folder / "runs/million/run.json").read_text())["steps"]
    table = {
        s["step"]: {
            "seconds": s["seconds"],
            "cpu_seconds": s["cpu_seconds"],
            "peak_mb": s["peak_mb"],
            "facts": s["facts"],
        }
        for s in steps
    }
    sys.stdout.write(f"{'step':<26}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}\n")
    for name, row in table.items():
        sys.stdout.write(f"{name:<26}{row['seconds']:>9.1f}{row['cpu_seconds']:>9.1f}{row['peak_mb']:>9,}\n")
    machine = {"machine": platform.platform(), "python": platform.python_version(), "rows": told.rows}
    limit = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    sys.stdout.write(json.dumps(machine | {"largest_process_mb": limit, "steps": table}) + "\n")


if __name__ == "__main__":
    main()
