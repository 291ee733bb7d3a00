"""What goes wrong while programs are judged: killed, two at once, a clock that jumps, a toolchain that goes, hostility.

Through the command line, with the numbers of the catalogue of faults that kcoder survives.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

SPEC = """name: {name}
pretrain:
  {{hidden: 16, layers: 1, heads: 4, vocabulary: 300, context: 128, max_steps: 1,
   data: {{source: {{mini: {{functions: 200}}}}, language: python, decontaminate: mini}}}}
evaluate:
  {{benchmark: problems.jsonl, languages: [javascript], samples: 1, temperature: 0, pass_at: [1], max_tokens: 4}}
"""
PROBLEMS = 40
#: judgements after which a run is disturbed
SOME = 3
#: a clock that jumps by a day whenever it is asked
CLOCK = """import itertools, time
turns, real = itertools.count(), time.time
time.time = lambda: real() + DAYS * 86400 * next(turns)
"""


def problem(number):
    return {
        "id": f"p{number}",
        "language": "javascript",
        "entry": f"add{number}",
        "prompt": f"// Adds {number}.\nfunction add{number}(n) {{\n",
        "solution": f"  return n + {number};\n}}\n",
        "tests": [[[1], 1 + number]],
    }


class Place:
    """A folder with a spec, its problems, and a node of its own, which can be taken away."""

    def __init__(self, folder, made=None):
        self.folder = folder
        if made:  # the model is there
            shutil.copytree(made / "runs", folder / "runs", symlinks=True)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.node = self.bin / "node"
        (self.bin / "sleep").symlink_to(shutil.which("sleep"))  # what tries to get out of a sandbox takes it along
        self.give_node()
        self.write(PROBLEMS)

    def give_node(self):
        shutil.copy(Path(shutil.which("node")).resolve(), self.node)

    def write(self, count, name="s"):
        lines = [json.dumps(problem(number)) + "\n" for number in range(count)]
        (self.folder / "problems.jsonl").write_text("".join(lines))
        (self.folder / f"{name}.yaml").write_text(SPEC.format(name=name))

    def start(self, *words, before=""):
        path = f"{self.bin}:{Path(sys.executable).parent}"
        code = f"{before}\nfrom kcoder.cli import main\nmain()"
        return subprocess.Popen(
            [sys.executable, "-c", code, *words],
            cwd=self.folder,
            env=os.environ | {"PATH": path, "KCODER_SANDBOX": "landlock", "HF_HUB_OFFLINE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words, before=""):
        process = self.start(*words, before=before)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def judged(self):
        """How many judgements an unfinished step keeps."""
        with contextlib.suppress(FileNotFoundError):  # a folder that was finished meanwhile
            files = list((self.folder / "runs/.store").rglob("judgements.jsonl"))
            return sum(file.read_bytes().count(b"\n") for file in files)
        return 0

    def disturbed(self, disturb):
        """A run that is disturbed when some programs are judged and some are not."""
        process = self.start("run", "s.yaml")
        until = time.monotonic() + 90
        while self.judged() < SOME and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        assert process.poll() is None, process.communicate()
        disturb(process)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def outcomes(self, name="s"):
        return pl.read_parquet(self.folder / f"runs/{name}/evaluate.base.javascript.execute/outcomes.parquet")

    def completed(self):
        [table] = (self.folder / "runs/.store").glob("evaluate.base.javascript.complete-*/completions.parquet")
        return table.stat().st_mtime_ns

    def scored(self, name="s"):
        told = json.loads((self.folder / f"runs/{name}/results.json").read_text())
        return [(row["k"], row["n"]) for row in told["scores"] if row["problems"] == "all"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which a model was made and nothing was evaluated."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    place = Place(tmp_path_factory.mktemp("made"))
    code, _, err = place.run("run", "s.yaml", "--until", "pretrain")
    assert code == 0, err
    return place.folder


@pytest.fixture
def place(tmp_path, made):
    for folder in (tmp_path, *tmp_path.parents):  # who runs programs must find this node
        if "pytest" in folder.name or folder == tmp_path:
            folder.chmod(0o755)
    return Place(tmp_path, made)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_29_killed_while_programs_are_judged_the_next_run_goes_on(place, how):
    code, _, err = place.disturbed(lambda process: process.send_signal(how))
    assert code != 0, err
    assert place.judged() >= SOME
    made = place.completed()
    code, _, err = place.run("run", "s.yaml")
    assert code == 0, err
    assert place.completed() == made
    assert place.outcomes().height == PROBLEMS
    assert set(place.outcomes()["verdict"]) <= {"wrong answer", "build failed", "runtime error"}


def test_30_two_runs_at_once_have_each_its_own_numbers(place):
    place.write(PROBLEMS, "larger")
    code, _, err = place.run("run", "larger.yaml", "--until", "evaluate.base.javascript.complete")
    assert code == 0, err
    first = place.start("run", "larger.yaml")
    second = place.start("run", "larger.yaml")
    said = [process.communicate(timeout=120) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert len(list((place.folder / "runs/.store").glob("evaluate.base.javascript.execute-*"))) == 1
    place.write(4, "smaller")
    code, _, err = place.run("run", "smaller.yaml")
    assert code == 0, err
    assert [n for _, n in place.scored("larger")] == [PROBLEMS]
    assert [n for _, n in place.scored("smaller")] == [4]


@pytest.mark.parametrize("days", ["-1", "1"])
def test_31_a_clock_that_jumps_makes_nobody_late(place, days):
    place.write(4)
    code, _, err = place.run("run", "s.yaml", before=CLOCK.replace("DAYS", days))
    assert code == 0, err
    assert "timed out" not in set(place.outcomes()["verdict"])


def test_35_a_toolchain_that_is_missing_is_no_failure_of_the_model(place):
    place.node.unlink()
    code, _, err = place.run("run", "s.yaml")
    assert code == 3
    assert "node" in err
    assert not list((place.folder / "runs").rglob("outcomes.parquet"))


def test_a_toolchain_that_goes_while_programs_are_judged_counts_nothing_as_wrong(place):
    code, _, err = place.disturbed(lambda process: place.node.unlink())
    assert code == 3, err
    assert "nothing was counted as wrong" in err or "node" in err
    assert not list((place.folder / "runs").rglob("outcomes.parquet"))
    made = place.completed()
    place.give_node()
    code, _, err = place.run("run", "s.yaml")
    assert code == 0, err
    assert place.completed() == made
    assert place.outcomes().height == PROBLEMS
    assert not {"no toolchain", "harness error"} & set(place.outcomes()["verdict"])


def test_a_benchmark_that_was_changed_is_asked_and_judged_anew(place):
    place.write(4)
    assert place.run("run", "s.yaml")[0] == 0
    changed = [problem(number) | {"tests": [[[1], 1 + number], [[2], 2 + number]]} for number in range(5)]
    (place.folder / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in changed))
    code, _, err = place.run("run", "s.yaml")
    assert code == 0, err
    assert place.scored() == [(0, 5)]


HOSTILE = {
    "right": "    return n + 1\n",
    "endless output": "    while True: print('x' * 10000)\n",
    "fork bomb": "    import os\n    while True: os.fork()\n",
    "reads its input": "    return int(input())\n",
    "deletes files": "    import shutil\n    shutil.rmtree('/', ignore_errors=True)\n    return 0\n",
    "ignores SIGTERM": "    import signal\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    while True: pass\n",
    "kills its parent": "    import os\n    os.kill(os.getppid(), 9)\n    os.kill(-1, 9)\n    return 0\n",
    "forges a verdict": "    import os\n    os.write(1, b'passed')\n    os._exit(0)\n",
}


def test_36_hostile_programs_get_what_they_deserve_and_hurt_nobody(tmp_path):
    told = {"language": "python", "prompt": "def f(n):\n", "entry": "f", "tests": [[[1], 2]]}
    rows = [{"id": name} | told for name in HOSTILE]
    (tmp_path / "problems.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = [json.dumps({"task_id": name, "completion": text}) + "\n" for name, text in HOSTILE.items()]
    (tmp_path / "answers.jsonl").write_text("".join(lines))
    words = ["answers.jsonl", "--benchmark", "problems.jsonl", "--timeout", "2", "-o", "outcomes.jsonl"]
    done = subprocess.run(
        [sys.executable, "-m", "kcoder", "execute", *words], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    if "does not hold" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    found = {row["problem"]: row["verdict"] for row in map(json.loads, (tmp_path / "outcomes.jsonl").open())}
    assert found.pop("right") == "passed"
    assert "passed" not in found.values()
    assert (found["endless output"], found["ignores SIGTERM"]) == ("output flood", "timed out")
    assert {path.name for path in tmp_path.iterdir()} == {"problems.jsonl", "answers.jsonl", "outcomes.jsonl"}
