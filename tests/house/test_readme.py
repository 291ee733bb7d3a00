"""Documents run: every command that README and the examples show, word for word, in a fresh clone."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "examples").glob("*/README.md"))
#: the test command is what runs this test
TEST_COMMAND = ".venv-tox/bin/tox"


def commands(path):
    """The lines of a document's ```sh blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", path.read_text(), re.M | re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The committed files, and `bash` in their folder with nothing of this environment but its package index."""
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    for name in filter(None, listed):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        source = ROOT / name
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.exists():
            target.write_bytes(source.read_bytes())
    kept = {
        k: v for k, v in os.environ.items() if k.startswith("PIP_") or k in ("PATH", "HOME", "LANG", "SSL_CERT_FILE")
    }

    def bash(command, activate=True):
        line = f". .venv/bin/activate && {command}" if activate else command
        return subprocess.run(["bash", "-c", line], cwd=folder, env=kept, capture_output=True, text=True)

    bash.folder = folder
    return bash


@pytest.fixture(scope="module")
def quickstart(clone):
    """README's first command, word for word."""
    first = commands(ROOT / "README.md")[0]
    assert first.endswith("kcoder run specs/quickstart.yaml")
    done = clone(first, activate=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def results(folder):
    told = json.loads((folder / "runs/quickstart/results.json").read_text())
    return {(s["model"], s["language"]): s for s in told["scores"] if s["split"] == "test"}


def test_documents_show_commands():
    assert len(commands(ROOT / "README.md")) >= 4
    assert len(LESSONS) >= 2
    assert all(commands(path) for path in LESSONS)


def test_the_quickstart_answers_its_question(clone, quickstart):
    scores = results(clone.folder)
    assert scores["base", "python"]["low"] > 0.5
    tuned = [s["value"] for (model, language), s in scores.items() if language == "lua" and model != "base"]
    assert len(tuned) == 4
    assert max(tuned) >= scores["base", "lua"]["value"] + 0.2
    assert "Python" in quickstart.stdout and "report.html" in quickstart.stdout


def test_the_page_holds_no_address(clone, quickstart):
    page = (clone.folder / "runs/quickstart/report.html").read_text()
    assert "http" not in page
    assert len(page) < 2_000_000


def test_run_again_everything_is_reused_and_torch_is_not_imported(clone, quickstart):
    done = clone("python -X importtime -m kcoder run specs/quickstart.yaml --json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {e["event"] for e in events} == {"reused"}
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time")}
    assert "kcoder.plan" in imported
    assert not imported & {"torch", "transformers", "peft", "polars", "numpy"}


def test_a_changed_field_of_evaluate_redoes_only_what_follows_and_says_why(clone, quickstart):
    done = clone("kcoder check specs/quickstart.yaml --set evaluate.max_tokens=100 --json")
    todo = {s["step"] for s in json.loads(done.stdout)[0]["steps"] if s["state"] != "fresh"}
    assert todo
    assert all(name.startswith(("evaluate.", "select.")) or name == "report" for name in todo)
    assert "max_tokens 256 -> 100" in done.stdout


@pytest.mark.parametrize(
    "line", [c for c in commands(ROOT / "README.md")[1:] if TEST_COMMAND not in c], ids=lambda c: c[:60]
)
def test_a_command_of_the_readme_runs(clone, quickstart, line):
    done = clone(line)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.parent.name)
def test_a_lesson_runs(clone, quickstart, path):
    for line in commands(path):
        done = clone(line)
        assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr


def test_the_standard_library_lowers_the_validation_loss(clone, quickstart):
    run = clone.folder / "runs/standard-library"
    if not run.exists():
        pytest.fail("the lesson before this test makes the run")
    [train] = [s for s in json.loads((run / "run.json").read_text())["steps"] if s["step"] == "train"]
    assert train["facts"]["valid"]["best"] < train["facts"]["valid"]["first"]


def test_the_spec_in_the_readme_is_the_quickstart():
    spec = (ROOT / "specs/quickstart.yaml").read_text()
    assert f"```yaml\n{spec}```" in (ROOT / "README.md").read_text()
