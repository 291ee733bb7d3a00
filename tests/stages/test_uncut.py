"""Completions as they stand are judged beside those that were cut."""

import json
from contextlib import contextmanager
from typing import ClassVar

import polars as pl
from pydantic import Field

from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Completion, Outcome, Uncut, frame
from kcoder.stage import Stage, Step
from kcoder.stages.execute import ExecutePrograms
from kcoder.stages.uncut import ExecuteUncut

CALLS = (((1,), 2),)


class Completed(Stage):
    produces: ClassVar = {"completions": Completion}


class Counting(Sandbox):
    """Remembers the programs that were run, the two of the self-test left out."""

    ran: list[str] = Field(default_factory=list)

    @contextmanager
    def open(self, host):
        def told(execute, jobs):
            jobs = list(jobs)
            self.ran.extend(job.code for job in jobs if job.id not in ("right", "wrong"))
            yield from execute(jobs)

        with super().open(host) as execute:
            yield lambda jobs: told(execute, jobs)


def executed(folder, texts, language="python", prompt="def f(n):\n", entry="f", tests=CALLS):
    """The outcomes cut and uncut, the programs that were run for the second, and its facts."""
    place = {"benchmark": "b", "language": language, "prompt": prompt, "entry": entry, "tests": json.dumps(tests)}
    rows = [place | {"problem": f"p{n}", "sample": 0, "text": text, "finish": "stop"} for n, text in enumerate(texts)]
    completions = Step("complete", Completed())["completions"]
    files = {completions: folder / "completions.parquet"}
    frame(Completion, rows).write_parquet(files[completions])
    cut = ExecutePrograms(completions=completions, language=load("languages", language))
    outcomes = Step("execute", cut)["outcomes"]
    cut.run(files, folder, Host())
    files[outcomes] = folder / "outcomes.parquet"
    (folder / "uncut").mkdir()
    executor = Counting(ran=[])
    stage = ExecuteUncut(completions=completions, outcomes=outcomes, language=cut.language, executor=executor)
    facts = stage.run(files, folder / "uncut", Host())
    return pl.read_parquet(files[outcomes]), pl.read_parquet(folder / "uncut" / "uncut.parquet"), executor.ran, facts


def test_what_stands_behind_a_function_counts_only_uncut(tmp_path):
    prose = "    return n + 1\n\nThis adds one.\n"
    cut, uncut, _, facts = executed(tmp_path, ["    return n + 1\n", prose, "    return n\n"])
    assert cut["verdict"].to_list() == ["passed", "passed", "wrong answer"]
    assert uncut["verdict"].to_list() == ["passed", "build failed", "wrong answer"]
    assert uncut["program"][1] == f"def f(n):\n{prose}"
    assert set(uncut["cut"]) == {"whole"}
    assert list(uncut.columns) == list(Outcome.columns)
    assert facts["verdicts"] == {"build failed": 1, "passed": 1, "wrong answer": 1}


def test_a_program_that_the_cut_has_left_as_it_was_is_not_run_again(tmp_path):
    prose = "    return n + 1\n\nThis adds one.\n"
    cut, uncut, ran, facts = executed(tmp_path, ["    return n + 1", prose, "    return m\n"])
    assert ran == [f"def f(n):\n{prose}"]
    assert facts["unchanged"] == 2
    told = ["verdict", "failure", "cause", "line", "detail", "isolation"]
    assert uncut.select(told).rows()[::2] == cut.select(told).rows()[::2]


def test_nothing_is_run_where_nothing_was_cut(tmp_path):
    assert executed(tmp_path, ["    return n + 1\n"])[2] == []


def test_an_answer_in_prose_is_run_as_it_stands_and_fails(tmp_path):
    answer = "Here it is:\n```python\ndef f(n):\n    return n + 1\n```\n"
    cut, uncut, _, _ = executed(tmp_path, [answer, "I cannot help.", ""])
    assert cut["verdict"].to_list() == ["passed", "refused", "refused"]
    assert uncut["verdict"].to_list() == ["build failed"] * 3


def test_braces_that_the_tests_bring_themselves_are_not_closed_twice(tmp_path):
    """MultiPL-E's tests begin with those that close the candidate's function."""
    tests = {"head": "", "text": "}\nint main() {\n    auto candidate = f;\n    assert(candidate(1) == 2);\n}\n"}
    prompt = "#include<assert.h>\nlong f(long n) {\n"
    texts = [
        "    if (n) { n += 1; }\n    return n;\n}\n",
        "    if (n) { n += 1; }\n    return n;\n",
        "    return n + 1;\n}}\n",
    ]
    _, uncut, _, _ = executed(tmp_path, texts, "cpp", prompt, tests=tests)
    assert uncut["verdict"].to_list() == ["passed", "passed", "build failed"]


def test_outcomes_uncut_are_no_outcomes_that_models_are_compared_by():
    assert not issubclass(Uncut, Outcome)
