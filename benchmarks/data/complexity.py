"""Radon's scores of real Python files: kcoder's scorer against ast.parse alone and radon's own two calls.

    python benchmarks/data/complexity.py [--files 5000] [--rounds 3] [FOLDER...]

Files are drawn by seed from the folders (the standard library and site-packages of this Python unless given). In each
round all take their turn over the same texts; ratios are medians of the rounds. CPU is that of one process; wall time
on two processes holds their start. Values are compared with radon's for every file.
"""

from __future__ import annotations

import argparse
import ast
import json
import platform
import random
import statistics
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from radon.complexity import average_complexity, cc_visit
from radon.metrics import h_visit

from kcoder.host import Host
from kcoder.scorers.radon import Radon
from kcoder.scoring.programs import Values, score_programs

TARGETS = {"cpu": 2.3, "wall on two processes": 1.3}


def texts(folders: Sequence[Path], files: int, seed: int) -> list[str]:
    """So many files that are UTF-8, drawn from all below the folders."""
    paths = sorted({path for folder in folders for path in folder.rglob("*.py") if path.is_file()})
    random.Random(seed).shuffle(paths)
    found: list[str] = []
    for path in paths:
        if len(found) == files:
            return found
        try:
            found.append(path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
    sys.exit(f"{len(found):,} files found, {files:,} wanted: name more folders")


def parse(told: Sequence[str]) -> None:
    for text in told:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            continue


def as_radon(text: str) -> tuple[float, ...] | None:
    """Mean over blocks, most complex block, and Halstead vocabulary, length, difficulty and volume by radon itself."""
    try:
        blocks, total = cc_visit(text), h_visit(text).total
    except (SyntaxError, ValueError, RecursionError):
        return None
    most = max((block.complexity for block in blocks), default=1)
    return average_complexity(blocks) or 1, most, total.vocabulary, total.length, total.difficulty, total.volume


def as_told(values: Values) -> tuple[float | None, ...] | None:
    names = (
        "cyclomatic",
        "cyclomatic_max",
        *(f"halstead_{n}" for n in ("vocabulary", "length", "difficulty", "volume")),
    )
    return None if values is None else tuple(values[name] for name in names)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds of this process, and seconds on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    warnings.simplefilter("ignore")
    paths = sysconfig.get_paths()
    programs = texts(told.folders or [Path(paths["stdlib"]), Path(paths["purelib"])], told.files, told.seed)
    pairs = [(text, "python") for text in programs]
    scorers = {"python": Radon().score}
    values = score_programs(pairs, scorers, Host())
    different = sum(as_told(each) != as_radon(text) for each, text in zip(values, programs, strict=True))
    took: dict[str, list[tuple[float, float]]] = {}
    for _ in range(told.rounds):
        for name, work in {
            "ast.parse": lambda: parse(programs),
            "kcoder": lambda: score_programs(pairs, scorers, Host()),
            "kcoder, two processes": lambda: score_programs(pairs, scorers, Host(workers=2)),
            "radon's cc_visit and h_visit": lambda: [as_radon(text) for text in programs],
        }.items():
            took.setdefault(name, []).append(timed(work))
    alone = took["ast.parse"]
    ratios = {
        "cpu": statistics.median(a[0] / b[0] for a, b in zip(took["kcoder"], alone, strict=True)),
        "wall on two processes": statistics.median(
            a[1] / b[1] for a, b in zip(took["kcoder, two processes"], alone, strict=True)
        ),
        "radon itself, cpu": statistics.median(
            a[0] / b[0] for a, b in zip(took["radon's cc_visit and h_visit"], alone, strict=True)
        ),
    }
    for name, value in ratios.items():
        target = f"   target at most {TARGETS[name]}" if name in TARGETS else ""
        sys.stdout.write(f"{name:<24}{value:5.2f} x ast.parse{target}\n")
    sys.stdout.write(f"values that differ from radon's: {different} of {len(programs):,} files\n")
    result = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "files": len(programs),
        "characters": sum(map(len, programs)),
        "unreadable": values.count(None),
        "different": different,
        "seconds": {name: [[round(s, 3) for s in each] for each in rounds] for name, rounds in took.items()},
        "ratios": {name: round(value, 3) for name, value in ratios.items()},
        "targets": TARGETS,
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
