"""MTLD of many questions: kcoder's against one pass over the words, and against lexicalrichness where it is installed.

    python benchmarks/data/mtld.py FILE [--questions 20000] [--rounds 5]

FILE holds rows with questions (Alpaca, chat, CSV, ...); they are repeated, each time with other words mixed in, until
there are enough. One pass over the words parts each question into words and looks each word up once. Ratios are medians
of the rounds, in CPU seconds. Values are compared where the peer is there; it is measured at work, and in a process of
its own, where it first imports pandas, scipy and matplotlib.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from kcoder.scoring.mtld import mtld, words
from kcoder.source import Wanted
from kcoder.sources.files import Files

TARGETS = {"against one pass": 2.0, "lexicalrichness against kcoder, processes": 40.0}
#: what a process of its own does: measure every line of a file
PROGRAMS = {
    "kcoder": "from kcoder.scoring.mtld import mtld, words\nmeasure = lambda text: mtld(words(text))\n",
    "lexicalrichness": "import lexicalrichness as l\nmeasure = lambda text: l.LexicalRichness(text).mtld()\n",
}
LINES = "import json, sys\nfor line in open(sys.argv[1]):\n    measure(json.loads(line))\n"


def questions(file: Path, wanted: int, seed: int) -> list[str]:
    """The file's questions and, beyond them, questions of which two are joined and shuffled sentence by sentence."""
    rows = pl.concat(Files(path=str(file)).batches(Wanted()))
    real = [each for each in rows["prompt"].drop_nulls() if words(each)]
    draw = random.Random(seed)
    made = list(real[:wanted])
    while len(made) < wanted:
        parts = " ".join(draw.sample(real, 2)).split(". ")
        draw.shuffle(parts)
        made.append(". ".join(parts[: draw.randint(1, len(parts))]))
    return made


def one_pass(told: Sequence[str]) -> list[int]:
    counts = []
    for text in told:
        seen = set()
        for word in words(text):
            if word not in seen:
                seen.add(word)
        counts.append(len(seen))
    return counts


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def in_processes(texts: Sequence[str]) -> dict[str, float]:
    """CPU seconds of a process that imports what it needs and measures all texts."""
    took = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "questions.jsonl"
        file.write_text("".join(json.dumps(text) + "\n" for text in texts))
        for name, program in PROGRAMS.items():
            before = os.times()
            subprocess.run([sys.executable, "-c", program + LINES, str(file)], check=True)
            after = os.times()
            took[name] = after.children_user + after.children_system - before.children_user - before.children_system
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    told = parser.parse_args()
    texts = [text for text in questions(told.file, told.questions, told.seed) if words(text)]
    ours = [mtld(words(text)) for text in texts]
    ways: dict[str, Callable[[], object]] = {
        "one pass": lambda: one_pass(texts),
        "kcoder": lambda: [mtld(words(text)) for text in texts],
    }
    different = None
    try:
        from lexicalrichness import LexicalRichness
    except ImportError:
        sys.stdout.write("lexicalrichness is not installed: only one pass over the words is compared\n")
    else:
        theirs = [LexicalRichness(text).mtld() for text in texts]
        different = sum(one != other for one, other in zip(ours, theirs, strict=True))
        ways["lexicalrichness"] = lambda: [LexicalRichness(text).mtld() for text in texts]
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(told.rounds):  # in turn, so that a slow moment of the machine falls on all
        for name, work in ways.items():
            took[name].append(timed(work))
    middle = {name: statistics.median(times) for name, times in took.items()}
    ratios = {"against one pass": middle["kcoder"] / middle["one pass"]}
    processes = {}
    if "lexicalrichness" in middle:
        processes = in_processes(texts)
        ratios["lexicalrichness against kcoder"] = middle["lexicalrichness"] / middle["kcoder"]
        ratios["lexicalrichness against kcoder, processes"] = processes["lexicalrichness"] / processes["kcoder"]
    for name, value in ratios.items():
        target = f"   target {TARGETS[name]}" if name in TARGETS else ""
        sys.stdout.write(f"{name:<44}{value:7.2f} x{target}\n")
    if different is not None:
        sys.stdout.write(f"values that differ from lexicalrichness: {different} of {len(texts):,}\n")
    result = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "questions": len(texts),
        "words": sum(len(words(text)) for text in texts),
        "different": different,
        "cpu_seconds": {name: round(value, 4) for name, value in middle.items()},
        "cpu_seconds_of_processes": processes,
        "ratios": {name: round(value, 3) for name, value in ratios.items()},
        "targets": TARGETS,
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
