"""What filtering costs against reading the same rows, and against datatrove, in CPU seconds of one run: of whole
processes, which is what a person waits for, and of the work alone, once everything is imported.

    python benchmarks/data/corpus.py rows.parquet --files 16384 FOLDER...
    python benchmarks/data/filter.py rows.parquet [--runs 5]

P3's three filters (average line, longest line, letters). `read` reads every column of the rows and does nothing with
them; `judge` measures and asks the filters; `write` is the whole step, kept and dropped rows written. datatrove, where
it is installed, runs its own reader and filter class with the same rule, writing nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Document
from kcoder.stage import Stage, Step
from kcoder.stages.filter import FilterRows
from kcoder.tables.writing import batches

LIMITS = {"max_avg_line_length": 100, "max_line_length": 1000, "min_alphabetic": 0.25}


class Given(Stage):
    """Stands for the step that read the rows."""

    produces: ClassVar = {"rows": Document}


ROWS = Step("given", Given())["rows"]
STAGE = FilterRows(rows=ROWS, filters=tuple(load("filters", name)(limit=limit) for name, limit in LIMITS.items()))


def read(path: Path) -> int:
    return sum(rows.height for rows in batches(path))


def judge(path: Path) -> int:
    """The rows that stay."""
    stay = 0
    for rows in batches(path):
        reasons = STAGE.reasons(rows, STAGE.filters, Host())
        stay += reasons.filter(*(reasons[name].is_null() for name in reasons.columns)).height
    return stay


def write(path: Path) -> int:
    with tempfile.TemporaryDirectory() as out:
        return int(STAGE.run({ROWS: path}, Path(out), Host())["kept"])


def datatrove(path: Path) -> int:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.readers import ParquetReader
    from loguru import logger

    logger.remove()
    logging.disable(logging.CRITICAL)
    kept = []

    class P3(BaseFilter):
        name = "P3"

        def filter(self, doc):
            lines = [len(line) for line in doc.text.split("\n")]
            average = sum(lines) / len(lines)
            return max(lines) <= 1000 and average <= 100 and sum(map(str.isalpha, doc.text)) >= 0.25 * len(doc.text)

    def count(data, rank=0, world_size=1):
        for doc in data:
            kept.append(doc.id)
            yield doc

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        (Path(folder) / "in" / "rows.parquet").symlink_to(path.absolute())
        steps = [ParquetReader(f"{folder}/in", text_key="text", id_key="id"), P3(), count]
        LocalPipelineExecutor(steps, logging_dir=f"{folder}/log", tasks=1, skip_completed=False).run()
    return len(kept)


WORKS = {"read": read, "judge": judge, "write": write, "datatrove": datatrove}


def alone(name: str, path: Path) -> dict[str, float]:
    """One work in this process: rows, and CPU seconds of the work itself and of the whole process so far."""
    before = sum(os.times()[:4])
    found = WORKS[name](path)
    after = sum(os.times()[:4])
    return {"rows": found, "work": after - before, "process": after}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=WORKS)
    told = parser.parse_args()
    if told.only:
        sys.stdout.write(json.dumps(alone(told.only, told.rows)))
        return
    names = [name for name in WORKS if name != "datatrove" or importlib.util.find_spec("datatrove")]
    took: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for _ in range(told.runs):  # in turn, so that a slow moment of the machine falls on all
        for name in names:
            command = [sys.executable, __file__, str(told.rows), "--only", name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            took[name].append(json.loads(done.stdout.splitlines()[-1]))
    result = {"machine": platform.platform(), "python": platform.python_version(), "runs": told.runs}
    result["rows"] = {name: each[0]["rows"] for name, each in took.items()}
    for kind in ("process", "work"):
        cpu = {name: round(statistics.median(run[kind] for run in each), 3) for name, each in took.items()}
        ratios = {f"{name} / read": round(cpu[name] / cpu["read"], 2) for name in ("judge", "write")}
        if "datatrove" in cpu:
            ratios["datatrove / judge"] = round(cpu["datatrove"] / cpu["judge"], 2)
        result[kind] = {"cpu_seconds": cpu, "ratios": ratios}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
