"""Semantic duplicates: the exact search against the bare matrix products and semhash's exact backend; memory at scale.

    python benchmarks/data/semantic.py [--rows 20000] [--large 100000] [--runs 3]

Vectors of 768 dimensions made by seed to resemble those of a sentence encoder: one direction common to all (0.7 of
the squared length, as in E5, whose cosines lie between 0.7 and 1), the rest with a spectrum that falls as steeply as
measured on all-MiniLM-L6-v2 for 2,017 questions (three quarters in 64 dimensions), one topic for fifty rows, and four
rows in ten altered copies of others. `plain` is the same without the common direction. cosine > 0.95, first row kept.

One thread for all, CPU seconds, each in a process of its own, in turn, the median of the runs; the vectors are loaded
before. `triangle` is the products of each block of 2,048 rows with all rows up to it, and their greatest value.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from process import alone, machine, measured

DIMENSIONS, THRESHOLD = 768, 0.95
Vectors = np.ndarray


def made(rows: int, common: float, seed: int = 0) -> Vectors:
    draw = np.random.default_rng(seed)
    spectrum = np.arange(1, DIMENSIONS + 1, dtype=np.float32) ** -0.6
    spectrum /= np.linalg.norm(spectrum)

    def some(count: int) -> Vectors:
        return draw.standard_normal((count, DIMENSIONS), dtype=np.float32) * spectrum

    fresh = rows * 6 // 10
    topics = some(rows // 50 + 1)
    own = np.sqrt(0.5) * (topics[draw.integers(0, len(topics), fresh)] + some(fresh))
    change = draw.uniform(0, 0.9, (rows - fresh, 1)).astype(np.float32)
    copies = own[draw.integers(0, fresh, rows - fresh)] + change * some(rows - fresh)
    each = np.concatenate([own, copies])
    each /= np.linalg.norm(each, axis=1, keepdims=True)
    turned, _ = np.linalg.qr(draw.standard_normal((DIMENSIONS, DIMENSIONS)))
    direction = draw.standard_normal(DIMENSIONS)
    direction /= np.linalg.norm(direction)
    vectors = np.sqrt(1 - common) * (each @ turned.astype(np.float32)) + np.sqrt(common) * direction
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors[draw.permutation(rows)], np.float32)


# ---- each returns whether a row stays ----------------------------------------------------------------------------


def triangle(vectors: Vectors) -> Vectors:
    for row in range(0, len(vectors), 2048):
        for column in range(0, row + 2048, 8192):
            (vectors[row : row + 2048] @ vectors[column : min(column + 8192, row + 2048)].T).max()
    return np.ones(len(vectors), np.bool_)


def kcoder(vectors: Vectors) -> Vectors:
    from kcoder.similarity.cosine import Vectors as Ordered
    from kcoder.similarity.walk import All, greedy

    order = np.arange(len(vectors))
    return greedy(Ordered(vectors, order), THRESHOLD, All(len(vectors)), lambda: None).row == order


def kcoder_components(vectors: Vectors) -> Vectors:
    from kcoder.similarity.cosine import Vectors as Ordered
    from kcoder.similarity.walk import All, connected

    order = np.arange(len(vectors))
    return connected(Ordered(vectors, order), THRESHOLD, All(len(vectors)), lambda: None).row == order


def kcoder_cells(vectors: Vectors) -> Vectors:
    from kcoder.similarity.cells import Cells
    from kcoder.similarity.cosine import Vectors as Ordered
    from kcoder.similarity.walk import greedy

    ordered = Ordered(vectors, np.arange(len(vectors)))
    return greedy(ordered, THRESHOLD, Cells(ordered, 32), lambda: None).row == ordered.order


def semhash(vectors: Vectors) -> Vectors:
    from semhash import SemHash

    class Never:
        def encode(self, *args: object, **options: object) -> None:
            raise RuntimeError("the vectors are given")

    records = [{"text": str(row)} for row in range(len(vectors))]
    index = SemHash.from_embeddings(
        embeddings=vectors, records=records, columns=["text"], model=Never(), ann_backend="basic"
    )
    stays = np.zeros(len(vectors), np.bool_)
    stays[[int(each["text"]) for each in index.self_deduplicate(threshold=THRESHOLD).selected]] = True
    return stays


FINDERS: dict[str, Callable[[Vectors], Vectors]] = {
    each.__name__: each for each in (triangle, kcoder, semhash, kcoder_components, kcoder_cells)
}


def compared(file: Path, names: list[str], runs: int) -> dict[str, dict]:
    took: dict[str, list[dict]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            took[name].append(alone(__file__, "--one", name, str(file), threads=1))
    return {
        name: {
            "cpu": statistics.median(each["cpu"] for each in results),
            "memory": max(each["memory"] for each in results),
            "dropped": results[0]["dropped"],
        }
        for name, results in took.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("FINDER", "FILE"))
    told = parser.parse_args()
    if told.one:
        vectors = np.load(told.one[1])
        FINDERS[told.one[0]](vectors[:50])  # imports are no part of the work
        stays, took = measured(lambda: FINDERS[told.one[0]](vectors))
        sys.stdout.write(json.dumps({"dropped": int((~stays).sum()), **took}) + "\n")
        return
    shown: dict = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, common in (("like E5", 0.7), ("plain", 0.0)):
            file = Path(folder) / "vectors.npy"
            np.save(file, made(told.rows, common))
            shown[name] = compared(file, list(FINDERS), told.runs)
            cpu = {finder: result["cpu"] for finder, result in shown[name].items()}
            shown[name]["kcoder / triangle"] = round(cpu["kcoder"] / cpu["triangle"], 3)
            shown[name]["semhash / kcoder"] = round(cpu["semhash"] / cpu["kcoder"], 2)
        np.save(file, made(told.large, 0.7))
        shown[f"{told.large:,} rows"] = compared(file, ["kcoder", "kcoder_components", "kcoder_cells"], 1)
    sys.stdout.write(json.dumps({"rows": told.rows, **shown, **machine("kcoder", "semhash", "numpy")}) + "\n")


if __name__ == "__main__":
    main()
