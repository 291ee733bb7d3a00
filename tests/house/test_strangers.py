"""The test of the frame: what people outside can add without touching it.

Each package is installed from outside the repository, into a folder of its own, and used in a spec.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STRANGERS = Path(__file__).parent / "strangers"
TINY = """
pretrain:
  {hidden: 16, layers: 1, heads: 4, vocabulary: 300, context: 128, max_steps: 3,
   data: {source: {mini: {functions: 200}}, language: python, decontaminate: mini}}
"""


@pytest.fixture(scope="module")
def kcoder(tmp_path_factory):
    """`kcoder ARGS` with both strangers installed, in a folder of its own."""
    site, work = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("work")
    packages = tmp_path_factory.mktemp("outside")
    shutil.copytree(STRANGERS, packages, dirs_exist_ok=True)
    places = [str(packages / name) for name in ("kcoder-perl", "kcoder-shorten")]
    uv = [
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(site),
        *places,
    ]
    subprocess.run([sys.executable, "-m", *uv, "--python", sys.executable], check=True)

    def go(*args):
        env = os.environ | {"PYTHONPATH": str(site), "KCODER_THREADS": "1"}
        return subprocess.run(
            [sys.executable, "-m", "kcoder", *args], capture_output=True, text=True, cwd=work, env=env
        )

    go.work, go.site = work, site
    return go


@pytest.mark.parametrize(("name", "lines"), [("kcoder_perl", 40), ("kcoder_shorten", 60)])
def test_a_stranger_needs_one_short_file(name, lines):
    [file] = STRANGERS.glob(f"*/{name}.py")
    assert len(file.read_text().splitlines()) <= lines


def test_a_strangers_language_keeps_the_contract(kcoder):
    if not shutil.which("perl"):
        pytest.skip("perl is not on this machine")
    done = kcoder("plugins", "test", "perl")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kcoder-perl" in kcoder("plugins", "languages").stdout


def test_a_strangers_language_is_evaluated_in_a_spec(kcoder):
    if not shutil.which("perl"):
        pytest.skip("perl is not on this machine")
    problem = {
        "id": "inc",
        "language": "perl",
        "prompt": "# Return n plus 1.\nsub inc { my ($n) = @_;\n",
        "entry": "inc",
        "tests": [[[1], 2], [[5], 6]],
        "solution": "return $n + 1 }\n",
    }
    (kcoder.work / "problems.jsonl").write_text(json.dumps(problem) + "\n")
    (kcoder.work / "perl.yaml").write_text(
        "name: perl\n" + TINY + "evaluate: {benchmark: problems.jsonl, languages: [perl], samples: 1, temperature: 0,"
        " pass_at: [1], max_tokens: 8}\n"
    )
    done = kcoder("run", "perl.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    scores = json.loads((kcoder.work / "runs/perl/results.json").read_text())["scores"]
    assert [(s["language"], s["metric"], s["n"]) for s in scores] == [("perl", "pass@1", 1)]


def test_a_strangers_section_changes_only_what_follows_it(kcoder):
    data = "data: {source: {mini: {functions: 300}}, language: python, decontaminate: mini}\n"
    tail = data + "train: {method: full, max_steps: 2}\n"
    (kcoder.work / "long.yaml").write_text("name: same\n" + TINY + tail)
    (kcoder.work / "short.yaml").write_text("name: same\n" + TINY + tail + "shorten: 40\n")
    first = kcoder("run", "long.yaml")
    assert first.returncode == 0, first.stdout + first.stderr
    plan = json.loads(kcoder("check", "short.yaml", "--json").stdout)[0]["steps"]
    todo = [p["step"] for p in plan if p["state"] != "fresh"]
    assert todo == ["shorten", "train.rows", "train", "report"]
    second = kcoder("run", "short.yaml")
    assert second.returncode == 0, second.stdout + second.stderr
    [step] = [
        s for s in json.loads((kcoder.work / "runs/same/run.json").read_text())["steps"] if s["step"] == "shorten"
    ]
    assert step["facts"]["dropped"] > 0
    assert step["asked"]["from"] == {"distribution": "kcoder-shorten", "version": "0.1"}


def test_a_mistake_in_a_strangers_section_is_told_at_its_place(kcoder):
    (kcoder.work / "mistake.yaml").write_text("name: x\n" + TINY + "shorten: many\n")
    done = kcoder("check", "mistake.yaml")
    assert done.returncode == 2
    assert "mistake.yaml:6:10\n    shorten: expected a whole number, got 'many'" in done.stderr


def test_a_plugin_that_raises_is_one_line_at_its_place_and_harms_nothing_else(kcoder):
    (kcoder.site / "kcoder_broken.py").write_text("raise RuntimeError('half installed')\n")
    info = kcoder.site / "kcoder_broken-0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kcoder-broken\nVersion: 0.1\n")
    groups = ("filters", "benchmarks", "languages")
    points = "".join(f"[kcoder.{group}]\nbroken = kcoder_broken:Broken\n" for group in groups)
    (info / "entry_points.txt").write_text(points)
    data = "data: {source: mini, language: python, decontaminate: mini%s}\n"
    (kcoder.work / "uses.yaml").write_text("name: x\n" + data % ", filter: {broken: 1}")
    (kcoder.work / "without.yaml").write_text("name: x\n" + data % "")
    done = kcoder("check", "uses.yaml")
    assert done.returncode == 2
    assert "uses.yaml:2:" in done.stderr
    assert "'broken' of kcoder-broken cannot be loaded: RuntimeError: half installed" in done.stderr
    assert "Traceback" not in done.stderr
    (kcoder.work / "wrong.yaml").write_text(
        "name: x\nmodel: x/y\nevaluate:\n  benchmark: broken\n  file: problems.jsonl\n  languages: [broken]\n"
    )
    done = kcoder("check", "wrong.yaml")
    assert done.returncode == 2
    for place in ("4:14\n    evaluate.benchmark", "6:15\n    evaluate.languages.0"):
        assert f"wrong.yaml:{place}: plugin 'broken' of kcoder-broken cannot be loaded: RuntimeError" in done.stderr
    assert done.stderr.count("hint: mend or uninstall that package") == 2
    assert kcoder("check", "without.yaml").returncode == 0
    assert "broken" in kcoder("plugins", "filters").stdout
