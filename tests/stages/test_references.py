"""A benchmark's own solutions are judged before any model's."""

import polars as pl

from kcoder.benchmark import Benchmark, Problem
from kcoder.benchmark import TestProgram as Program
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.stages.references import ExecuteReferences

GOOD = Problem(id="good", prompt="def f(n):\n", entry="f", tests=(((1,), 2),), solution="    return n + 1\n")
BROKEN = GOOD.model_copy(update={"id": "broken", "tests": (((1,), 3),)})
BARE = GOOD.model_copy(update={"id": "bare", "solution": ""})
OWN = Problem(
    id="own", prompt="def g(n):\n", entry="g", program=Program(text="assert g(1) == 1\n"), solution="    return n\n"
)


class Four(Benchmark):
    def problems(self, language, host):
        return iter([GOOD, BROKEN, BARE, OWN])


def test_problems_whose_own_solution_fails_are_named(tmp_path):
    stage = ExecuteReferences(benchmark=Four(), language=load("languages", "python"))
    facts = stage.run({}, tmp_path, Host())
    rows = pl.read_parquet(tmp_path / "references.parquet")
    assert rows.select("problem", "verdict").rows() == [
        ("good", "passed"),
        ("broken", "wrong answer"),
        ("own", "passed"),
    ]
    assert (facts["references"], facts["failed"]) == (3, ["broken"])
    assert facts["why"] == {"broken": "f(1) gave 2, expected 3"}
    assert stage.summary(facts) == "2 of 3 reference solutions passed   not counted: broken"


def test_a_machine_that_needs_most_of_the_time_for_what_is_right_is_called_slow(tmp_path):
    busy = "    import time\n    while time.process_time() < 1.2: pass\n    return n + 1\n"

    class Busy(Four):
        def problems(self, language, host):
            return iter([GOOD, GOOD.model_copy(update={"id": "busy", "solution": busy})])

    said = []
    stage = ExecuteReferences(benchmark=Busy(), language=load("languages", "python"), executor=Sandbox(timeout=2))
    stage.run({}, tmp_path, Host(say=said.append))
    [words] = said
    assert "own solution of busy took 1." in words and "sandbox: {timeout: " in words
    said.clear()
    ExecuteReferences(benchmark=Four(), language=load("languages", "python")).run({}, tmp_path, Host(say=said.append))
    assert said == []


def test_a_benchmark_without_solutions_says_so(tmp_path):
    class Prompts(Four):
        def problems(self, language, host):
            return iter([BARE])

    stage = ExecuteReferences(benchmark=Prompts(), language=load("languages", "python"))
    assert stage.summary(stage.run({}, tmp_path, Host())) == "no reference solutions"
