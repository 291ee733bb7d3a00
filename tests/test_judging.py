"""Programs of one language, judged and kept."""

import json
from contextlib import contextmanager

import pytest
from pydantic import Field

from kcoder.errors import MachineLacksError
from kcoder.executor import Executor, Judgement
from kcoder.host import Host
from kcoder.judging import counts, job, judge
from kcoder.plugin import load
from kcoder.records import Verdict

PYTHON = load("languages", "python")
CALLS = json.dumps([[[1], 2]])


class Counting(Executor):
    """Passes what returns; remembers what it was asked; cannot judge the job called `broken`."""

    asked: list[str] = Field(default_factory=list)

    @contextmanager
    def open(self, host):
        def execute(jobs):
            for each in jobs:
                self.asked.append(each.id)
                verdict = Verdict.PASSED if "+ 1" in each.code else Verdict.WRONG_ANSWER
                verdict = Verdict.NO_TOOLCHAIN if each.id == "broken" else verdict
                yield Judgement(each.id, verdict, "", 0.1, "namespaces")

        yield execute


def asked(name, text="    return n + 1\n"):
    return job(name, PYTHON, prompt="def f(n):\n", text=text, entry="f", tests=CALLS)


def test_a_job_holds_the_cut_completion_and_its_tests():
    made = asked("1", "    return n + 1\nprint(f(2))\n")
    assert (made.code, made.entry) == ("def f(n):\n    return n + 1\n", "f")
    assert made.tests == PYTHON.calls("f", [((1,), 2)])


def test_a_test_program_brings_what_stands_before_the_prompt():
    told = json.dumps({"head": "import math\n", "text": "assert f(1) == 2\n"})
    made = job("1", PYTHON, prompt="def f(n):\n", text="    return n\n", entry="f", tests=told)
    assert made.code == "import math\ndef f(n):\n    return n\n"
    assert made.tests.text == "assert f(1) == 2\n"


def test_a_text_without_a_program_is_refused_and_not_run():
    executor = Counting(asked=[])
    jobs = [asked("prose", "I cannot help with that."), asked("empty", " \n"), asked("good")]
    judged = judge(executor, PYTHON, jobs, Host())
    assert executor.asked == ["right", "wrong", "good"]
    assert (judged["prose"].verdict, judged["prose"].detail) == (Verdict.REFUSED, "prose without code")
    assert judged["empty"].detail == "nothing was written"
    assert judge(executor, PYTHON, jobs[:2], Host()).keys() == {"prose", "empty"}


def test_an_answer_in_prose_is_judged_by_the_function_in_it():
    made = asked("1", "Sure!\n```python\ndef f(n):\n    return n + 1\n\nprint(f(1))\n```\nThat was it.\n")
    assert (made.code, made.cut) == ("def f(n):\n    return n + 1\n", "answer, tree")


def test_a_function_of_another_name_is_named():
    executor = Counting(asked=[])
    [judgement] = judge(executor, PYTHON, [asked("1", "```python\ndef F(n):\n    return 0\n```\n")], Host()).values()
    assert judgement.verdict == Verdict.WRONG_ANSWER
    assert judgement.detail.startswith("renamed: F; ")


def test_programs_whose_verdicts_are_known_come_first():
    executor = Counting(asked=[])
    judged = judge(executor, PYTHON, [asked("a"), asked("b", "    return 0\n")], Host())
    assert executor.asked[:2] == ["right", "wrong"]
    assert counts(judged) == {"passed": 1, "wrong answer": 1}


def test_what_is_kept_is_not_judged_again(tmp_path):
    executor, kept = Counting(asked=[]), tmp_path / "judged.jsonl"
    first = judge(executor, PYTHON, [asked("a")], Host(), kept)
    with kept.open("ab") as file:
        file.write(b'["b", "passed", "", 0.')
    both = judge(executor, PYTHON, [asked("a"), asked("b", "    return 0\n")], Host(), kept)
    assert executor.asked.count("a") == 1
    assert both["a"] == first["a"]
    assert both["b"].verdict == Verdict.WRONG_ANSWER
    assert judge(executor, PYTHON, [asked("a")], Host(), kept) == first


def test_a_toolchain_that_goes_away_stops_all_and_keeps_what_was_judged(tmp_path):
    executor, kept = Counting(asked=[]), tmp_path / "judged.jsonl"
    with pytest.raises(MachineLacksError, match="1 of 3 are judged, nothing was counted as wrong"):
        judge(executor, PYTHON, [asked("a"), asked("broken"), asked("c")], Host(), kept)
    assert [json.loads(line)[0] for line in kept.read_text().splitlines()] == ["a"]


def test_a_sandbox_that_judges_known_programs_wrongly_judges_no_others():
    class Blind(Counting):
        @contextmanager
        def open(self, host):
            yield lambda jobs: (Judgement(each.id, Verdict.PASSED, "", 0.1, "none") for each in jobs)

    with pytest.raises(MachineLacksError, match="failed its self-test: the program that is wrong was judged 'passed'"):
        judge(Blind(), PYTHON, [asked("a")], Host())


def test_problems_take_turns():
    """An executor that builds several programs at once may do so for different problems only."""
    executor = Counting(asked=[])
    other = json.dumps([[[2], 3]])
    jobs = [
        asked("a1"),
        asked("a2"),
        job("b1", PYTHON, prompt="def f(n):\n", text="    return n + 1\n", entry="f", tests=other),
    ]
    assert set(judge(executor, PYTHON, jobs, Host())) == {"a1", "a2", "b1"}
    assert executor.asked[2:] == ["a1", "b1", "a2"]
