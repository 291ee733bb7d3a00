"""Completions become outcomes."""

import json
from contextlib import contextmanager
from typing import ClassVar

import polars as pl
import pytest

from kcoder.errors import MachineLacksError
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.language import Program
from kcoder.plugin import load
from kcoder.records import Completion, Outcome, frame
from kcoder.stage import Stage, Step
from kcoder.stages.execute import ExecutePrograms

PYTHON = load("languages", "python")


class Completed(Stage):
    produces: ClassVar = {"completions": Completion}


def execute(tmp_path, texts, language=PYTHON, executor=None, tests=(((1,), 2),), finish="stop"):
    rows = [
        {
            "problem": f"p{n}",
            "benchmark": "b",
            "language": "python",
            "sample": 0,
            "prompt": "def f(n):\n",
            "text": text,
            "finish": finish,
            "entry": "f",
            "tests": json.dumps(tests),
        }
        for n, text in enumerate(texts)
    ]
    frame(Completion, rows[::-1]).write_parquet(tmp_path / "c.parquet")
    output = Step("complete", Completed())["completions"]
    stage = ExecutePrograms(completions=output, language=language, executor=executor or {"sandbox": {"timeout": 2}})
    facts = stage.run({output: tmp_path / "c.parquet"}, tmp_path, Host())
    return pl.read_parquet(tmp_path / "outcomes.parquet"), facts


def test_each_completion_is_cut_run_and_judged(tmp_path):
    rows, facts = execute(tmp_path, ["    return n + 1\nprint(f(1))\n", "    return n\n", "    return\x00"])
    assert rows["problem"].to_list() == ["p0", "p1", "p2"]
    assert rows["verdict"].to_list() == ["passed", "wrong answer", "build failed"]
    assert rows["program"][0] == "def f(n):\n    return n + 1\n"
    assert list(rows.columns) == list(Outcome.columns)
    assert facts["verdicts"] == {"build failed": 1, "passed": 1, "wrong answer": 1}


def test_each_failure_has_its_class_its_cause_and_its_line(tmp_path):
    rows, facts = execute(
        tmp_path, ["    return n + 1\n", "    return m\nprint(f(1))\n", "    return (n\n", "    retur"], finish="length"
    )
    assert rows["failure"].to_list() == [None, "unknown name", "cut at the token limit", "cut at the token limit"]
    assert rows["cause"].to_list()[1:3] == ["unknown name", "unclosed bracket"]
    assert rows["line"].to_list()[:3] == [None, 2, 2]
    assert {"failure": "unknown name", "cause": "unknown name", "count": 1} in facts["failures"]


def test_outcomes_are_equal_to_the_last_bit_whenever_they_are_made(tmp_path):
    texts = [
        "    return n + 1\n",
        "    import os\n    return os.getcwd()\n",
        "    raise ValueError(__file__)\n",
        "    return list(set('abcdefghijkl'))\n",
        "    raise ValueError(object())\n",
        "    while True: pass\n",
    ]
    tables = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        execute(tmp_path / name, texts)
        tables.append((tmp_path / name / "outcomes.parquet").read_bytes())
    assert tables[0] == tables[1]


def test_a_test_program_judges_as_a_row_of_calls_does(tmp_path):
    told = {"head": "import math\n", "text": "def check(f):\n    assert f(1) == math.floor(2.5)\ncheck(f)\n"}
    rows, _ = execute(tmp_path, ["    return n + math.ceil(.5)\n", "    return n\n"], tests=told)
    assert rows["verdict"].to_list() == ["passed", "wrong answer"]
    assert rows["program"][1] == "import math\ndef f(n):\n    return n\n"


def test_judgements_may_come_in_any_order(tmp_path):
    class Backwards(Sandbox):
        @contextmanager
        def open(self, host):
            with super().open(host) as execute:
                yield lambda jobs: reversed(list(execute(jobs)))

    rows, _ = execute(tmp_path, ["    return n + 1\n", "    return n\n"], executor=Backwards(timeout=2))
    assert rows["verdict"].to_list() == ["passed", "wrong answer"]


def test_a_missing_toolchain_stops_the_step_and_counts_nothing_as_wrong(tmp_path):
    class Nowhere(type(PYTHON)):
        def version(self):
            raise MachineLacksError("zig not found", "apt install zig")

    with pytest.raises(MachineLacksError, match="zig not found"):
        execute(tmp_path, ["    return 1\n"], Nowhere(**PYTHON.model_dump()))
    assert not (tmp_path / "outcomes.parquet").exists()


def test_a_broken_toolchain_fails_its_self_test_and_counts_nothing_as_wrong(tmp_path):
    class Broken(type(PYTHON)):
        def program(self, code, tests, mark):
            return Program({}, (("/bin/false",),))

    with pytest.raises(MachineLacksError, match="the python sandbox failed its self-test: the program that is right"):
        execute(tmp_path, ["    return n + 1\n"], Broken(**PYTHON.model_dump()))
    assert not (tmp_path / "outcomes.parquet").exists()
