"""Recorded answers to problems without solutions are judged before any model."""

import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from kcoder.benchmark import Benchmark, Problem
from kcoder.benchmarks.published import MultiplE
from kcoder.errors import UsageError
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Witness, schema
from kcoder.stages.witnesses import ExecuteWitnesses

BARE = Problem(id="a", prompt="def f(n):\n", entry="f", tests=(((1,), 2),))
RIGHT, WRONG = "    return n + 1\n", "    return n\n"
DATA = Path(os.environ.get("KCODER_TEST_DATA", ""))


class Problems(Benchmark):
    """Three without solutions, and one that has its own."""

    def problems(self, language, host):
        yield from (BARE.model_copy(update={"id": name}) for name in "abc")
        yield BARE.model_copy(update={"id": "solved", "solution": RIGHT})


def stage(folder, *told, name="w.jsonl"):
    rows = [{"id": problem, "answer": text} for problem, text in told]
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return ExecuteWitnesses(
        benchmark=Problems(), language=load("languages", "python"), files=(str(folder / name),), executor="sandbox"
    )


def test_a_problem_needs_one_witness_that_passes(tmp_path):
    made = stage(tmp_path, ("a", WRONG), ("b", WRONG), ("a", f"Sure:\n```python\ndef f(n):\n{RIGHT}```\n"))
    facts = made.run({}, tmp_path, Host())
    assert facts == {"problems": 3, "witnesses": 3, "passed": 1, "none_passes": ["b"], "without": ["c"]}
    assert made.summary(facts) == "1 of 3 problems are passed by a witness   none passes: b   1 have none"
    rows = pl.read_parquet(tmp_path / "witnesses.parquet")
    assert rows.schema == schema(Witness)
    assert rows.select("problem", "witness", "file", "verdict", "cut").rows() == [
        ("a", 0, "w.jsonl", "wrong answer", "tree"),
        ("a", 1, "w.jsonl", "passed", "answer, tree"),
        ("b", 0, "w.jsonl", "wrong answer", "tree"),
        ("c", None, None, None, None),
    ]


def test_a_problem_with_a_solution_of_its_own_needs_no_witness(tmp_path):
    said = []
    facts = stage(tmp_path, ("a", RIGHT), ("solved", RIGHT)).run({}, tmp_path, Host(say=said.append))
    assert (facts["problems"], facts["witnesses"]) == (3, 1)
    assert said == [f"{tmp_path}/w.jsonl: 1 lines are of no problem that lacks a solution"]


def test_answers_in_another_language_are_no_witnesses(tmp_path):
    assert stage(tmp_path, ("a", RIGHT), name="w-rb.jsonl").run({}, tmp_path, Host())["without"] == ["a", "b", "c"]


def test_a_file_of_other_problems_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"no line is a witness of .*: z is none of its problems"):
        stage(tmp_path, ("z", RIGHT)).run({}, tmp_path, Host())


def test_other_answers_are_another_result_wherever_they_lie(tmp_path):
    (tmp_path / "other").mkdir()
    one, same = stage(tmp_path, ("a", RIGHT)), stage(tmp_path / "other", ("a", RIGHT))
    assert one.world() == same.world()
    assert one.world() != stage(tmp_path / "other", ("a", WRONG)).world()


@pytest.mark.skipif(not (DATA.name and shutil.which("ruby")), reason="needs KCODER_TEST_DATA and ruby")
def test_real_answers_are_witnesses_of_multipl_e(tmp_path):
    """Of all 161 an independent runner passed 137, and so does this."""
    problems = pl.read_ndjson(DATA / "multipl-e" / "humaneval-rb.jsonl.gz").head(8)
    problems.write_ndjson(tmp_path / "humaneval-rb.jsonl")
    made = ExecuteWitnesses(
        benchmark=MultiplE(path=str(tmp_path / "humaneval-rb.jsonl")),
        language=load("languages", "ruby"),
        files=(str(DATA / "answers" / "humaneval-rb.jsonl.gz"),),
    )
    facts = made.run({}, tmp_path, Host())
    assert facts["problems"] == facts["witnesses"] == 8
    assert facts["none_passes"] == [
        "HumanEval_101_words_string",
        "HumanEval_102_choose_num",
        "HumanEval_103_rounded_avg",
    ]
    assert facts["without"] == []
