"""Near duplicates against brute force, rensa and datasketch, and how the cost grows.

    python benchmarks/data/corpus.py 10k.parquet --files 10000 FOLDER...
    python benchmarks/data/near.py found 10k.parquet [--runs 3]
    python benchmarks/data/near.py growth 20k.parquet 40k.parquet 80k.parquet [--runs 3]

Words, shingles of five, Jaccard 0.7 and 128 values for all. CPU seconds are those of the work, reading the file
included and imports not, each in a process of its own, in turn, the median of the runs. The truth is every pair of
texts that share 0.7 of their shingles, counted by a program that has nothing of kcoder's.

recall: rows dropped rightly / those and the rows that a walk over the truth would still drop of what was kept.
precision: rows dropped that have a true partner / rows dropped; for kcoder, whose partner is the row it names.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
from process import alone, machine, measured

THRESHOLD, PERMUTATIONS = 0.7, 128
WORD = re.compile(r"[A-Za-z0-9_\u0080-\U0010ffff]+")
Dropped = dict[str, str | None]


def shingles(text: str) -> set[str]:
    words = WORD.findall(text)
    return {" ".join(words[k : k + 5]) for k in range(max(len(words) - 4, 1))} if words else set()


# ---- who finds them: each returns the ids dropped, kcoder with the row that stays ------------------------------


def kcoder(path: Path) -> Dropped:
    from kcoder.host import Host
    from kcoder.sieves.near import Near

    found = Near(threshold=THRESHOLD, permutations=PERMUTATIONS).drop(pl.scan_parquet(path), Host())
    return dict(found.dropped.select("id", "cluster").iter_rows())


def rensa(path: Path) -> Dropped:
    """As its README has it: token lists in, keep or drop out."""
    from rensa import RMinHashDeduplicator

    dedup = RMinHashDeduplicator(threshold=THRESHOLD, num_perm=PERMUTATIONS, use_lsh=True)
    dropped: Dropped = {}
    for rows in pl.read_parquet(path, columns=["id", "text"]).iter_slices(2048):
        kept = dedup.add_pairs([(id_, list(shingles(text))) for id_, text in rows.iter_rows()])
        dropped |= {id_: None for id_, stays in zip(rows["id"], kept, strict=True) if not stays}
    return dropped


def datasketch(path: Path) -> Dropped:
    from datasketch import MinHash, MinHashLSH

    lsh, empty, dropped = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), MinHash(num_perm=PERMUTATIONS), {}
    for id_, text in pl.read_parquet(path, columns=["id", "text"]).iter_rows():
        sketch = empty.copy()
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        if lsh.query(sketch):
            dropped[id_] = None
        else:
            lsh.insert(id_, sketch)
    return dropped


FINDERS: dict[str, Callable[[Path], Dropped]] = {"kcoder": kcoder, "rensa": rensa, "datasketch": datasketch}


# ---- the truth ---------------------------------------------------------------------------------------------------


def truth(rows: pl.DataFrame) -> dict[str, dict[str, float]]:
    """For each id the ids of the rows it is similar to, and how similar."""
    import numpy as np
    from scipy.sparse import csr_array

    sets = [np.array([hash(shingle) for shingle in shingles(text)], np.int64) for text in rows["text"]]
    sizes = np.array([len(each) for each in sets])
    columns = np.unique(np.concatenate(sets), return_inverse=True)[1]
    table = csr_array((np.ones(len(columns), np.int32), columns, np.concatenate([[0], np.cumsum(sizes)])))
    other, found = table.T.tocsr(), {id_: {} for id_ in rows["id"]}
    for row, id_ in enumerate(rows["id"]):
        shared = (table[[row]] @ other).tocoo()
        similar = shared.data / (sizes[row] + sizes[shared.col] - shared.data)
        for partner in np.flatnonzero(similar >= THRESHOLD):
            if shared.col[partner] != row:
                found[id_][rows["id"][int(shared.col[partner])]] = float(similar[partner])
    return found


def walk(ids: list[str], partners: dict[str, dict[str, float]]) -> list[str]:
    """The rows that a walk over the ids in order drops: those similar to one that it keeps."""
    kept: set[str] = set()
    for id_ in sorted(ids):
        if not kept & partners[id_].keys():
            kept.add(id_)
    return sorted(set(ids) - kept)


def scores(dropped: Dropped, partners: dict[str, dict[str, float]]) -> dict[str, float]:
    right = [id_ for id_, named in dropped.items() if (named in partners[id_] if named else partners[id_])]
    left = walk([id_ for id_ in partners if id_ not in dropped], partners)
    pairs = [(a, b) for a in partners for b in partners[a] if a < b]
    return {
        "dropped": len(dropped),
        "recall": round(len(right) / (len(right) + len(left)), 4),
        "precision": round(len(right) / len(dropped), 4),
        "pairs_left": round(sum(a not in dropped and b not in dropped for a, b in pairs) / len(pairs), 4),
    }


def whole_components(partners: dict[str, dict[str, float]]) -> dict[str, int]:
    """What keeping one row of each connected component would drop, and how much of it is unlike the row kept."""
    seen: set[str] = set()
    dropped = unlike = 0
    for first in sorted(partners):
        waiting = [] if first in seen else [first]
        seen.add(first)
        while waiting:
            new = partners[waiting.pop()].keys() - seen
            seen |= new
            waiting += new
            dropped += len(new)
            unlike += sum(first not in partners[id_] for id_ in new)
    return {"dropped": dropped, "unlike_the_row_kept": unlike}


# ---- the two measurements ----------------------------------------------------------------------------------------


def run(name: str, path: Path, runs: int) -> list[dict]:
    return [alone(__file__, "one", str(path), "--finder", name) for _ in range(runs)]


def found(path: Path, runs: int) -> dict:
    took: dict[str, list[dict]] = {name: [] for name in FINDERS}
    for _ in range(runs):  # in turn, so that a slow moment of the machine falls on all
        for name in FINDERS:
            took[name] += run(name, path, 1)
    partners = truth(pl.read_parquet(path, columns=["id", "text"]))
    told = {}
    for name, results in took.items():
        cpu = statistics.median(result["cpu"] for result in results)
        told[name] = {"cpu": cpu, "memory": results[0]["memory"], **scores(results[0]["dropped"], partners)}
    ours = told["kcoder"]["cpu"]
    return {
        "found": told,
        "kcoder / rensa": round(ours / told["rensa"]["cpu"], 3),
        "datasketch / kcoder": round(told["datasketch"]["cpu"] / ours, 2),
        "rows": len(partners),
        "true_pairs": sum(map(len, partners.values())) // 2,
        "walk_over_the_truth_drops": len(walk(list(partners), partners)),
        "whole_components": whole_components(partners),
        **machine("kcoder", "rensa", "datasketch"),
    }


def growth(paths: list[Path], runs: int) -> dict:
    took: dict[str, list[dict]] = {str(path): [] for path in paths}
    for _ in range(runs):
        for path in took:
            took[path] += run("kcoder", Path(path), 1)
    told = []
    for path, results in took.items():
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
        cpu = statistics.median(result["cpu"] for result in results)
        memory = max(result["memory"] for result in results)
        told.append({"rows": rows, "cpu": cpu, "memory": memory, "dropped": len(results[0]["dropped"])})
    for each in told:
        each["times_linear"] = round(each["cpu"] / told[0]["cpu"] / (each["rows"] / told[0]["rows"]), 3)
    return {"growth": told, **machine("kcoder")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["found", "growth", "one"])
    parser.add_argument("rows", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--finder", choices=FINDERS, default="kcoder")
    told = parser.parse_args()
    if told.what == "one":
        with tempfile.TemporaryDirectory() as folder:  # imports are no part of the work
            few = Path(folder) / "few.parquet"
            pl.scan_parquet(told.rows[0]).head(20).collect().write_parquet(few)
            FINDERS[told.finder](few)
        dropped, took = measured(lambda: FINDERS[told.finder](told.rows[0]))
        made: dict = {"dropped": dropped, **took}
    else:
        made = found(told.rows[0], told.runs) if told.what == "found" else growth(told.rows, told.runs)
    sys.stdout.write(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
