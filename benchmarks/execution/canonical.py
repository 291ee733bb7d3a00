"""Every benchmark's own solutions, by `kcoder execute --references`: how many pass, and why the rest do not.

    KCODER_TEST_DATA=DIR python benchmarks/execution/canonical.py [--load 8] [--jobs 2] [--only python,java]

With --load that many processes compute beside them, and verdicts must be the same: a time-out is processor time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from kcoder.plugin import load

X = "humaneval-x/humaneval_{}.jsonl.gz"
#: by a name of ours: language, benchmark and its file
SETS = {
    "humaneval": ("python", "humaneval", "humaneval/HumanEval.jsonl.gz"),
    "mbpp": ("python", "mbpp", "mbpp/sanitized-mbpp.json"),
    "python": ("python", "humaneval-x", X.format("python")),
    "javascript": ("javascript", "humaneval-x", X.format("js")),
    "go": ("go", "humaneval-x", X.format("go")),
    "rust": ("rust", "humaneval-x", X.format("rust")),
    "cpp": ("cpp", "humaneval-x", X.format("cpp")),
    "java": ("java", "humaneval-x", X.format("java")),
}


def judged(name: str, jobs: int) -> dict:
    language, benchmark, file = SETS[name]
    options = {"path": str(Path(os.environ["KCODER_TEST_DATA"], file))}
    options |= {"part": "all"} if benchmark == "mbpp" else {}
    asked = [
        "--references",
        "--benchmark",
        json.dumps({benchmark: options}),
        "--language",
        language,
        "--jobs",
        str(jobs),
        "--json",
    ]
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "kcoder", "execute", *asked], check=True, stdout=subprocess.PIPE)
    facts = json.loads(done.stdout)["references"]
    return {
        "passed": facts["references"] - len(facts["failed"]),
        "of": facts["references"],
        "failed": facts["why"],
        "toolchain": load("languages", language).version(),
        "seconds": round(time.perf_counter() - began, 1),
    }


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """That many processes compute meanwhile."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for each in burning:
            each.kill()
            each.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--load", type=int, default=0)
    parser.add_argument("--only", default=",".join(SETS))
    given = parser.parse_args()
    names = given.only.split(",")
    found = {"machine": platform.platform(), "sets": {name: judged(name, given.jobs) for name in names}}
    if given.load:
        with busy(given.load):
            loaded = {name: judged(name, given.jobs) for name in names}
        found["load"] = given.load
        found["seconds_under_load"] = {name: each["seconds"] for name, each in loaded.items()}
        found["equal_under_load"] = {
            name: each["failed"] == found["sets"][name]["failed"] for name, each in loaded.items()
        }
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
