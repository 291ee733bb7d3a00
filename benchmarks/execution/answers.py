"""A chat model's answers to MultiPL-E's HumanEval in nine languages, judged by `kcoder execute`: k/n, every failure.

    KCODER_TEST_DATA=DIR python benchmarks/execution/answers.py [--jobs 2] [--only lua,ruby]

REACHED is what another strict runner passed of them, with compilers of the same age. None of the answers is labelled:
a difference is looked at by hand, and what was found stands in failures.md beside the counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kcoder.plugin import load

#: language, the name its file has, and how many answers pass in the other runner
REACHED = {
    "lua": ("lua", 129),
    "ruby": ("rb", 137),
    "javascript": ("js", 138),
    "typescript": ("ts", 141),
    "go": ("go", 119),
    "rust": ("rs", 137),
    "cpp": ("cpp", 137),
    "java": ("java", 132),
    "swift": ("swift", 129),
}


def judged(language: str, jobs: int, out: Path) -> dict:
    """The counts of one language, and its failures as they were told."""
    short, elsewhere = REACHED[language]
    file = Path(os.environ["KCODER_TEST_DATA"], "answers", f"humaneval-{short}.jsonl.gz")
    began = time.perf_counter()
    # the file holds the problems too; one of Swift's has no answer
    asked = [str(file), "--benchmark", f"multipl-e={file}", "--language", language, "--answered", "--jobs", str(jobs)]
    subprocess.run([sys.executable, "-m", "kcoder", "execute", *asked, "-o", str(out)], check=True, stdout=sys.stderr)
    seconds = time.perf_counter() - began
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    failed = [row for row in rows if row["verdict"] != "passed"]
    return {
        "passed": len(rows) - len(failed),
        "of": len(rows),
        "elsewhere": elsewhere,
        "toolchain": load("languages", language).version(),
        "isolation": sorted({row["isolation"] for row in rows if row["isolation"]}),
        "seconds": round(seconds, 1),
        "failures": {row["problem"]: told(row) for row in failed},
    }


def told(row: dict) -> dict:
    return {"verdict": row["verdict"], "class": row["failure"], "cause": row["cause"], "words": row["detail"]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default=",".join(REACHED))
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = {
            language: judged(language, given.jobs, Path(folder, f"{language}.jsonl"))
            for language in given.only.split(",")
        }
    found = {"machine": platform.platform(), "languages": counts}
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    given.output.write_text(text, "utf-8") if given.output else sys.stdout.write(text)


if __name__ == "__main__":
    main()
