"""Many outcomes: the memory that judging them takes, and the time in which a million are scored and told.

    KCODER_TEST_DATA=DIR python benchmarks/execution/outcomes.py [--samples 6 61] [--rows 1000000] [-o FILE]

HumanEval's canonical solutions, over and over as samples of their problems, are judged by `kcoder execute`, in a
process of its own for each number of samples, whose peak memory is taken. Then a file of outcomes of 164 problems with
verdicts drawn is scored by the stage, and counted as the report does it, in a process of its own too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import polars as pl

from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Outcome, Verdict, frame
from kcoder.reporting.gather import outcomes as counted
from kcoder.stage import Stage, Step

PROBLEMS = 164


def completions(folder: Path, programs: int) -> Path:
    source = Path(os.environ["KCODER_TEST_DATA"], "humaneval", "HumanEval.jsonl.gz")
    rows = [json.loads(line) for line in gzip.decompress(source.read_bytes()).splitlines()]
    file = folder / "completions.jsonl"
    with file.open("w") as out:
        for number in range(programs):
            row = rows[number % PROBLEMS]
            told = {"task_id": row["task_id"], "completion": f"{row['canonical_solution']}# {number}\n"}
            out.write(json.dumps(told) + "\n")
    return file


def judged(samples: int) -> dict[str, float]:
    """Peak MiB and seconds of `kcoder execute`, and of the largest process below it."""
    benchmark = f"humaneval={os.environ['KCODER_TEST_DATA']}/humaneval/HumanEval.jsonl.gz"
    with tempfile.TemporaryDirectory() as folder:
        file = completions(Path(folder), PROBLEMS * samples)
        command = [sys.executable, "-m", "kcoder", "execute", str(file), "--benchmark", benchmark, "--jobs", "2"]
        began = time.perf_counter()
        done = subprocess.run([*command, "--pass-at", "1", "--json"], stdout=subprocess.PIPE, check=True)
        seconds = time.perf_counter() - began
    passed = json.loads(done.stdout)["outcomes"]["verdicts"]["passed"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "programs": PROBLEMS * samples,
        "passed": passed,
        "peak_mib": round(peak / 1024),
        "seconds": round(seconds, 1),
    }


def outcomes(file: Path, rows: int) -> None:
    draw = random.Random(0)
    ends = [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.BUILD_FAILED]
    verdicts = draw.choices([verdict.value for verdict in ends], (2, 4, 2, 1), k=rows)
    one = {"benchmark": "humaneval", "language": "python", "isolation": "namespaces", "detail": "f(2) gave 3"}
    told = one | {"failure": "wrong answer", "cause": "wrong answer", "program": "def f(n):\n    return n\n"}
    table = pl.DataFrame({"problem": [f"HumanEval/{n % PROBLEMS}" for n in range(rows)], "verdict": verdicts})
    table = table.with_columns(pl.lit(text).alias(name) for name, text in told.items()).with_columns(
        sample=pl.int_range(pl.len()).over("problem")
    )
    kept = frame(Outcome, []).schema
    full = table.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in kept.items() if name not in table.columns
    )
    full.select(kept.names()).cast(dict(kept)).write_parquet(file)


class Made(Stage):
    """Stands for what executes programs."""

    produces: ClassVar = {"outcomes": Outcome}


def told(rows: int) -> dict[str, float]:
    """Seconds in which a file is scored, and in which the report counts it, and the peak MiB of all that."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "outcomes.parquet")
        outcomes(file, rows)
        made = Step("outcomes", Made())["outcomes"]
        score = load("stages", "score")(outcomes=(made,), of="tuned", metrics=(load("metrics", "pass@k")(k=(1, 10)),))
        before, began = _peak(), time.perf_counter()
        score.run({made: file}, Path(folder), Host())
        scored = time.perf_counter()
        counted(file)
        ended = time.perf_counter()
    times = {"score_seconds": round(scored - began, 2), "report_seconds": round(ended - scored, 2)}
    return {"rows": rows, **times, "peak_mib_before": before, "peak_mib": _peak()}


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, nargs="*", default=[6, 61])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--way")
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    if given.way:
        found = told(given.rows) if given.way == "told" else judged(int(given.way))
        sys.stdout.write(json.dumps(found))
        return
    ways = [*map(str, given.samples), "told"]
    command = [sys.executable, __file__, "--rows", str(given.rows), "--way"]
    runs = [subprocess.run([*command, way], stdout=subprocess.PIPE, text=True, check=True) for way in ways]
    *each, scored = [json.loads(run.stdout) for run in runs]
    machine = {"machine": platform.platform(), "python": platform.python_version(), "kcoder": version("kcoder")}
    text = json.dumps(machine | {"judged": each, "scored": scored}, indent=1) + "\n"
    given.output.write_text(text, "utf-8") if given.output else sys.stdout.write(text)


if __name__ == "__main__":
    main()
