"""One language's programs through the sandbox and in the plain way: compiler, then program, nothing kept in.

    KCODER_TEST_DATA=DIR python benchmarks/execution/languages.py java rust ... [--programs 48] [-o FILE]
                                                                  [--samples 1] [--runs 3]

Programs are a chat model's answers to MultiPL-E's HumanEval with their tests, right and wrong ones. One worker each, in
turn, each in a process of its own; CPU is that of the whole tree, taking the answers apart not. What is started before
the first program and what is prepared once is included: a quarter of a second, which more samples share. Programs that
do not end are left out: they take what the limit says. "passed" differs where the plain way is fooled.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from kcoder.completions.cut import cut, opened
from kcoder.executor import Job, Judgement
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.language import Language
from kcoder.plugin import load
from kcoder.records import Verdict

Commands = tuple[tuple[str, ...], ...]
CLASSES = ".:/usr/share/java/javatuples.jar"
#: file of the answers, file of a program, commands of the plain way, and the most that a program may take of them
PLAIN: dict[str, tuple[str, str, Commands, float]] = {
    "java": (
        "java",
        "Main.java",
        (("javac", "-encoding", "UTF8", "-cp", CLASSES, "Main.java"), ("java", "-ea", "-cp", CLASSES, "Problem")),
        0.2,
    ),
    "rust": ("rs", "main.rs", (("rustc", "--edition=2021", "main.rs", "-o", "main"), ("./main",)), 0.3),
    "ruby": ("rb", "main.rb", (("ruby", "main.rb"),), 0.15),
    "swift": ("swift", "main.swift", (("swiftc", "main.swift", "-o", "main", "-lm"), ("./main",)), 0.5),
    "javascript": ("js", "main.js", (("node", "main.js"),), 0.7),
    "cpp": ("cpp", "main.cpp", (("g++", "-std=c++17", "main.cpp", "-o", "main"), ("./main",)), 0.85),
    "go": ("go", "main_test.go", (("go", "test", "main_test.go"),), 0.6),
}
LEVELS = ("namespaces", "landlock")
SECONDS = 30


def asked(language: Language, programs: int, without: Sequence[str] = ()) -> list[Job]:
    """As many answers, spread over the benchmark, taken apart as they are when they are scored."""
    file = Path(os.environ["KCODER_TEST_DATA"], "answers", f"humaneval-{PLAIN[language.name][0]}.jsonl.gz")
    problems = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    jobs = []
    for told in problems[:: max(1, len(problems) // programs)][:programs]:
        if told["name"] in without:
            continue
        entry = told["name"].split("_", 2)[2]
        found = cut(language, told["prompt"], told["answer"], entry, told["tests"])
        code = opened(found.code, told["tests"])
        jobs.append(Job(told["name"], language, code, entry, language.asserts(told["prompt"], told["tests"])))
    return jobs


def again(jobs: list[Job], samples: int) -> list[Job]:
    """As many of each, by turns, as samples of a problem come."""
    return [replace(job, id=f"{job.id}.{number}") for number in range(samples) for job in jobs]


def sandbox(level: str, jobs: list[Job]) -> list[Judgement]:
    with load("executors", "sandbox")().open(Host(workers=1, sandbox=level)) as execute:
        return list(execute(jobs))


def endless(language: Language, programs: int) -> list[str]:
    judged = sandbox("auto", asked(language, programs))
    return sorted(each.id for each in judged if each.verdict == Verdict.TIMED_OUT)


def plain(language: Language, jobs: list[Job]) -> Callable[[], int]:
    """The programs in files, ready to be compiled and run."""
    short, name, commands, _ = PLAIN[language.name]
    image = language.image()
    folder = Path(tempfile.mkdtemp(prefix="kcoder-plain-"))
    file = Path(os.environ["KCODER_TEST_DATA"], "answers", f"humaneval-{short}.jsonl.gz")
    tests = {told["name"]: told["tests"] for told in map(json.loads, gzip.decompress(file.read_bytes()).splitlines())}
    for job in jobs:
        (folder / job.id).mkdir()
        (folder / job.id / name).write_text(f"{job.code}\n{tests[job.id.rpartition('.')[0]]}", "utf-8")

    def passed(where: Path) -> bool:
        # a toolchain in an image is entered with bwrap, which takes 5 ms of processor time
        inside = ("bwrap", "--bind", image, "/", "--dev", "/dev", "--proc", "/proc", "--bind", str(where), "/tmp")
        before = (*inside, "--chdir", "/tmp") if image else ()
        return all(_ended(subprocess.Popen((*before, *command), cwd=where, **QUIET)) for command in commands)

    def run() -> int:
        try:
            return sum(passed(folder / job.id) for job in jobs)
        finally:
            shutil.rmtree(folder)

    return run


QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        return process.wait(SECONDS) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False


def measured(language: Language, way: str, jobs: list[Job]) -> dict[str, float]:
    """CPU of the process tree and wall seconds of one way, in this process, which does nothing else."""
    run = plain(language, jobs) if way == "plain" else lambda: sum(j.verdict == "passed" for j in sandbox(way, jobs))
    language.version()
    before, began = _spent(), time.perf_counter()
    passed = run()
    wall = time.perf_counter() - began
    return {"passed": passed, "of": len(jobs), "cpu": _spent() - before, "wall": wall}


def _spent() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def compared(language: Language, programs: int, samples: int, runs: int) -> dict[str, object]:
    """Both ways, in turn, so many times; ratios are of medians."""
    without = endless(language, programs)
    ways = ["plain", *(level for level in LEVELS if not proven(level) and (level == LEVELS[0] or not language.image()))]
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(runs):
        for way in ways:
            command = [sys.executable, __file__, language.name, "--way", way, "--programs", str(programs)]
            command += ["--samples", str(samples)]
            done = subprocess.run([*command, "--without", *without], stdout=subprocess.PIPE, text=True, check=True)
            taken[way].append(json.loads(done.stdout))
    each = {way: statistics.median(found["cpu"] / found["of"] for found in told) for way, told in taken.items()}
    seconds = {way: statistics.median(found["wall"] for found in told) for way, told in taken.items()}
    return {
        "toolchain": language.version(),
        "programs": taken["plain"][0]["of"],
        "endless": without,
        "passed": {way: told[0]["passed"] for way, told in taken.items()},
        "cpu_ms_per_program": {way: round(1000 * cpu, 1) for way, cpu in each.items()},
        "programs_per_second": {way: round(taken[way][0]["of"] / took, 1) for way, took in seconds.items()},
        "ratios": {way: round(each[way] / each["plain"], 3) for way in ways[1:]},
        "target": PLAIN[language.name][3],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("languages", nargs="+", choices=PLAIN)
    parser.add_argument("--programs", type=int, default=48)
    parser.add_argument("--samples", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--way")
    parser.add_argument("--without", nargs="*", default=())
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    languages = [load("languages", name) for name in given.languages]
    if given.way:
        [language] = languages
        found = measured(language, given.way, again(asked(language, given.programs, given.without), given.samples))
        sys.stdout.write(json.dumps(found))
        return
    machine = {"machine": platform.platform(), "python": platform.python_version(), "kcoder": version("kcoder")}
    told = machine | {
        language.name: compared(language, given.programs, given.samples, given.runs) for language in languages
    }
    text = json.dumps(told, indent=1) + "\n"
    given.output.write_text(text, "utf-8") if given.output else sys.stdout.write(text)


if __name__ == "__main__":
    main()
