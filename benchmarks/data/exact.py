"""Exact duplicates among a million short rows, against polars reading and hashing their one column.

    python benchmarks/data/corpus.py corpus.parquet --files 40000 --planted 0 FOLDER...
    python benchmarks/data/exact.py corpus.parquet [--rows 1000000] [--repeated 0.1] [--runs 9]

The rows are pieces of three to twelve lines of the corpus, on average as long as a row of CodeAlpaca (287 characters),
without prompts; the share `repeated` are copies of others. Both in one process, in turn, the median of the runs after
one that does not count.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from process import alone, machine, measured

from kcoder.host import Host
from kcoder.records import Document, schema
from kcoder.sieves.exact import Exact
from kcoder.tables.writing import writing


def pieces(corpus: Path, draw: random.Random) -> Iterator[str]:
    for text in pl.scan_parquet(corpus).select("text").collect()["text"]:
        lines, start = text.splitlines(keepends=True), 0
        while start < len(lines):
            end = start + draw.randint(3, 12)
            if len(piece := "".join(lines[start:end])) >= 60:
                yield piece
            start = end


def write_rows(corpus: Path, out: Path, rows: int, repeated: float) -> None:
    draw = random.Random(0)
    fresh = round(rows * (1 - repeated))
    texts = list(dict.fromkeys(pieces(corpus, draw)))[:fresh]
    if len(texts) < fresh:
        sys.exit(f"{len(texts):,} different pieces, {fresh:,} wanted: bring a larger corpus")
    texts += draw.choices(texts, k=rows - fresh)
    draw.shuffle(texts)
    with writing(out, Document) as write:
        for start in range(0, rows, 32_768):
            part = texts[start : start + 32_768]
            ids = [f"rows/{start + place}" for place in range(len(part))]
            made = pl.DataFrame({"id": ids, "text": part, "source": ["made"] * len(part)})
            missing = {name: pl.lit(None, kind) for name, kind in schema(Document).items() if name not in made.columns}
            write(made.with_columns(**missing))


def compared(file: Path, runs: int) -> dict:
    rows = pl.scan_parquet(file)
    works = {
        "hash": lambda: rows.select(pl.col("text").hash()).collect(),
        "kcoder": lambda: Exact().drop(rows, Host()).dropped,
    }
    took: dict[str, list[dict]] = {name: [] for name in works}
    for _ in range(runs + 1):
        for name, work in works.items():
            made, told = measured(work)
            took[name].append({**told, "rows": made.height})
    median = {
        name: {kind: statistics.median(each[kind] for each in results[1:]) for kind in ("cpu", "wall")}
        for name, results in took.items()
    }
    return {
        **median,
        "kcoder / hash, cpu": round(median["kcoder"]["cpu"] / median["hash"]["cpu"], 3),
        "kcoder / hash, wall": round(median["kcoder"]["wall"] / median["hash"]["wall"], 3),
        "dropped": took["kcoder"][0]["rows"],
        "memory": max(each["memory"] for each in took["kcoder"]),
        "characters": rows.select(pl.col("text").str.len_chars().mean()).collect().item(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeated", type=float, default=0.1)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--measure", action="store_true", help="the corpus is the rows")
    told = parser.parse_args()
    if told.measure:
        sys.stdout.write(json.dumps(compared(told.corpus, told.runs)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        write_rows(told.corpus, file, told.rows, told.repeated)
        made = alone(__file__, str(file), "--measure", "--runs", str(told.runs))
    asked = {"rows": told.rows, "repeated": told.repeated}
    sys.stdout.write(json.dumps({**asked, "took": made, **machine("kcoder", "polars")}) + "\n")


if __name__ == "__main__":
    main()
