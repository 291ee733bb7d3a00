"""Real source files with planted near duplicates, to measure on.

    python benchmarks/data/corpus.py OUT.parquet --files 10000 [--planted 0.2] [--seed 0] FOLDER...

Collects the files below the folders (each text once, 200 bytes to 100 kB, UTF-8), draws from them by seed and adds
altered copies: lines edited, an identifier renamed throughout, a block of lines moved, or all three. Rows are
Documents in shuffled order; an altered copy's `tags` names its alteration, and the id of its original.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from kcoder.records import Document, frame
from kcoder.tables.writing import writing

SUFFIXES = frozenset({".py", ".pyi", ".js", ".h", ".hpp", ".c", ".pl", ".pm", ".rb", ".go", ".rs", ".java", ".tcl"})
SMALLEST, LARGEST = 200, 100_000
WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]{2,}")


def collect(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Path and text of each file, the paths in order, no text twice."""
    seen = set()
    found = (Path(at) / name for folder in folders for at, _, names in os.walk(folder) for name in names)
    for path in sorted(path for path in found if path.suffix in SUFFIXES):
        if path.is_symlink() or not SMALLEST <= path.stat().st_size <= LARGEST:
            continue
        raw = path.read_bytes()
        digest = hashlib.sha256(raw).digest()
        if digest in seen or b"\0" in raw:
            continue
        seen.add(digest)
        try:
            yield str(path), raw.decode()
        except UnicodeDecodeError:
            continue


def edited(lines: list[str], draw: random.Random) -> list[str]:
    """Up to a tenth of the lines left out, doubled with a new word, or changed in one word."""
    share, made = draw.uniform(0.005, 0.1), []
    for line in lines:
        how = draw.random() / share
        if how < 0.3:
            continue
        if how < 0.6:
            made.append(f"changed_{draw.randrange(10**6)} = {draw.randrange(10**6)}\n")
        if 0.6 <= how < 1:
            line = WORD.sub(f"other_{draw.randrange(10**6)}", line, count=1)
        made.append(line)
    return made


def renamed(lines: list[str], draw: random.Random) -> list[str]:
    """One identifier that stands in the text at most forty times gets a new name everywhere."""
    text = "".join(lines)
    counts: dict[str, int] = {}
    for word in WORD.findall(text):
        counts[word] = counts.get(word, 0) + 1
    some = sorted(word for word, n in counts.items() if n <= 40)
    if not some:
        return lines
    return re.sub(rf"\b{draw.choice(some)}\b", f"renamed_{draw.randrange(10**6)}", text).splitlines(keepends=True)


def moved(lines: list[str], draw: random.Random) -> list[str]:
    """A block of up to a third of the lines stands elsewhere."""
    length = draw.randint(1, max(len(lines) // 3, 1))
    start = draw.randint(0, len(lines) - length)
    rest = lines[:start] + lines[start + length :]
    place = draw.randint(0, len(rest))
    return rest[:place] + lines[start : start + length] + rest[place:]


def everything(lines: list[str], draw: random.Random) -> list[str]:
    return edited(renamed(moved(lines, draw), draw), draw)


ALTERATIONS: tuple[Callable[[list[str], random.Random], list[str]], ...] = (edited, renamed, moved, everything)


def corpus(folders: Sequence[Path], files: int, planted: float, seed: int) -> pl.DataFrame:
    """So many rows, of which the share `planted` are altered copies of the others."""
    draw = random.Random(seed)
    copies = round(files * planted)
    found = list(collect(folders))
    if len(found) < files - copies:
        sys.exit(f"{len(found):,} files found, {files - copies:,} wanted: name more folders or plant more")
    real = draw.sample(found, files - copies)
    rows = [{"path": path, "text": text, "tags": None} for path, text in real]
    for number in range(copies):
        path, text = draw.choice(real)
        alter = ALTERATIONS[number % len(ALTERATIONS)]
        altered = "".join(alter(text.splitlines(keepends=True), draw))
        rows.append({"path": f"{path}.{number}", "text": altered, "tags": f"{alter.__name__} {path}"})
    draw.shuffle(rows)
    for number, row in enumerate(rows):
        row |= {"id": f"{number:06}", "source": "real" if row["tags"] is None else "planted"}
    return frame(Document, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--planted", type=float, default=0.2, help="share of altered copies")
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    made = corpus(told.folders, told.files, told.planted, told.seed)
    with writing(told.out, Document) as write:
        for batch in made.iter_slices(4096):
            write(batch)
    size = made["text"].str.len_bytes().sum() / 1e6
    sys.stdout.write(f"{made.height:,} files, {size:.0f} MB, {told.planted:.0%} planted: {told.out}\n")


if __name__ == "__main__":
    main()
