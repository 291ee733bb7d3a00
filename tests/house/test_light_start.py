"""Asking for help costs a moment: what may not be imported, seen in fresh interpreters."""

import json
import subprocess
import sys

import pytest

HEAVY = {"polars", "numpy", "torch", "transformers", "sklearn", "radon", "lizard", "datasets", "peft"}


def modules_after(*args, cwd):
    """The top-level modules that `kcoder ARGS` has imported when it ends, and its exit code."""
    program = (
        "import json, sys\n"
        "from kcoder.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as leave: code = leave.code\n"
        "names = sorted({m.partition('.')[0] for m in sys.modules})\n"
        "print('\\n' + json.dumps([code or 0, names]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, cwd=cwd)
    code, names = json.loads(done.stdout.splitlines()[-1])
    return set(names), code


@pytest.fixture
def spec(tmp_path):
    from kcoder.cli.init import templates

    (tmp_path / "q.yaml").write_text(templates()["quickstart"])
    return tmp_path


def test_help_imports_click_and_nothing_heavy(spec):
    names, code = modules_after("--help", cwd=spec)
    assert code == 0
    assert "click" in names
    assert not names & (HEAVY | {"pydantic", "rich", "yaml"})


@pytest.mark.parametrize("args", [["check", "q.yaml"], ["schema"], ["plugins"], ["init", "--list"], ["runs"]])
def test_planning_imports_no_heavy_library(spec, args):
    names, code = modules_after(*args, cwd=spec)
    assert code in (0, 3)  # 3 where Lua is not installed
    assert not names & HEAVY
