"""Programs that are built as one, and what becomes of those that cannot be: in a language of the shell."""

import re

import pytest

from kcoder.errors import MachineLacksError
from kcoder.executor import Job
from kcoder.executors import worker
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.isolation.proof import proven
from kcoder.language import PREPARED, Batch, Language, Prepared, Program, Tests
from kcoder.records import Verdict

#: a program is a file of shell; this builds it, in silence where it is `silent`, never where it is `endless`. The words
#: have letters that are no hexadecimal digits: a program's mark, drawn anew each time, must not spell one of them
BUILD = (
    'for file in "$@"; do case $(cat $file) in *broken*) echo "$file:1:1: error: broken" >&2; exit 1;; '
    "*silent*) exit 1;; *endless*) while :; do :; done;; esac; done"
)


class Shell(Language):
    def version(self):
        return "sh"

    def program(self, code, tests, mark):
        return Program({"p.sh": _text(code, tests, mark)}, (_build("p.sh"), ("/bin/sh", "p.sh")))

    def alone(self, code, tests):
        return "apart" in code

    def batch(self, programs, mark):
        BATCHES.append([code for code, _ in programs])
        files = {f"kcoder{mark}_{n}/p.sh": _text(code, tests, mark) for n, (code, tests) in enumerate(programs)}
        commands = tuple(("/bin/sh", f"{PREPARED}/{name}") for name in files)
        return Batch(Prepared(files, (_build(*files),)), commands)

    def blamed(self, words):
        return {int(number) for number in re.findall(r"(?m)^\w+_(\d+)/p\.sh:", words)}


BATCHES: list[list[str]] = []


def _text(code, tests, mark):
    return f'{code}\nsay() {{ printf "\\n{mark}%s\\n" "$1"; }}\n{tests.text}\n'


def _build(*files):
    return ("/bin/sh", "-c", BUILD, "sh", *files)


SHELL = Shell(name="shell", suffixes=(".sh",), comment="#", together=3)


@pytest.fixture(params=["namespaces", "landlock"])
def judge(request):
    if why := proven(request.param):
        pytest.skip(f"{request.param} does not hold here: {why}")
    BATCHES.clear()

    def judged(*codes, language=SHELL, same=False):
        tests = [
            Tests(f"f\nsay $(( answer + {0 if same else n} ))", (7 + (0 if same else n),)) for n in range(len(codes))
        ]
        jobs = [Job(str(n), language, code, "f", tests[n]) for n, code in enumerate(codes)]
        with Sandbox(timeout=2).open(Host(sandbox=request.param)) as execute:
            found = {each.id: each for each in execute(jobs)}
        assert len(found) == len(codes)
        return [(found[str(n)].verdict, found[str(n)].detail) for n in range(len(codes))]

    return judged


RIGHT = "f() { answer=7; }"
PASSED = (Verdict.PASSED, "")


def test_programs_are_built_at_once_and_executed_one_by_one(judge):
    found = judge(RIGHT, "f() { answer=8; }", "exit 3", RIGHT)
    assert found[0] == found[3] == PASSED
    assert [verdict for verdict, _ in found[1:3]] == [Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR]
    assert [len(batch) for batch in BATCHES] == [3]  # the fourth is the last, alone


def test_those_that_a_compiler_blames_are_built_by_themselves(judge):
    found = judge(RIGHT, "# broken", RIGHT)
    assert found[0] == found[2] == PASSED
    assert found[1] == (Verdict.BUILD_FAILED, "p.sh:1:1: error: broken")
    assert BATCHES == [[RIGHT, "# broken", RIGHT], [RIGHT, RIGHT]]


def test_where_none_is_blamed_it_is_searched_in_halves(judge):
    found = judge(RIGHT, RIGHT, "# silent")
    assert found[:2] == [PASSED, PASSED]
    assert found[2][0] == Verdict.BUILD_FAILED
    assert BATCHES == [[RIGHT, RIGHT, "# silent"], [RIGHT, "# silent"]]


def test_one_that_takes_all_the_time_takes_it_from_nobody_else(judge):
    slow = Shell(**dict(SHELL) | {"build": SHELL.build.model_copy(update={"seconds": 1})})
    found = judge(RIGHT, "# endless", RIGHT, language=slow)
    assert found[0] == found[2] == PASSED
    assert found[1] == (Verdict.TIMED_OUT, "while it was built")
    assert len(BATCHES) == 1


def test_where_a_program_stands_among_others_is_not_told(judge):
    told = judge(RIGHT, 'f() { echo "$0" >&2; exit 1; }\nf', RIGHT)[1]
    by_itself = judge('f() { echo "$0" >&2; exit 1; }\nf')[0]
    assert told[1].removeprefix("/prepared/").rpartition("/")[2] == by_itself[1] == "p.sh"


def test_programs_for_the_same_tests_are_never_built_together(judge):
    """One could borrow the other's functions."""
    assert judge(RIGHT, RIGHT, same=True) == [PASSED, PASSED]
    assert BATCHES == []


def test_what_must_be_by_itself_is(judge):
    assert judge(RIGHT, f"{RIGHT} # apart", RIGHT) == [PASSED] * 3
    assert BATCHES == [[RIGHT, RIGHT]]


def test_a_program_that_ends_its_launcher_ends_no_other(judge, monkeypatch):
    """What was prepared is prepared again."""
    asked = worker.Launcher.ask

    def harmed(self, job, seconds):
        if job["steps"][-1]["command"][-1].endswith("_1/p.sh"):
            self.close()
            return None
        return asked(self, job, seconds)

    monkeypatch.setattr(worker.Launcher, "ask", harmed)
    assert judge(RIGHT, RIGHT, RIGHT) == [PASSED, PASSED, PASSED]  # the second was judged again, by itself
    assert BATCHES == [[RIGHT] * 3]


def test_what_a_program_may_owe_to_its_neighbours_is_judged_again_alone(judge):
    """Memory, processes and output are less in a larger program."""
    code = "case $0 in */*) while :; do echo 12345678901234567890; done;; esac\n" + RIGHT
    assert judge(RIGHT, code, RIGHT) == [PASSED, PASSED, PASSED]
    flood = "while :; do echo 12345678901234567890; done"
    assert [verdict for verdict, _ in judge(RIGHT, flood)] == [Verdict.PASSED, Verdict.OUTPUT_FLOOD]


def test_a_toolchain_that_is_missing_is_said_of_each(judge):
    class Lacking(Shell):
        def version(self):
            raise MachineLacksError("there is no sh", "install it")

    found = judge(RIGHT, RIGHT, language=Lacking(**dict(SHELL)))
    assert found == [(Verdict.NO_TOOLCHAIN, "there is no sh")] * 2


def test_nobody_waits_for_the_rest_of_what_was_stopped_and_the_next_is_judged():
    jobs = [Job(str(n), SHELL, RIGHT, "f", Tests(f"f\nsay $answer # {n}", (7,))) for n in range(6)]
    with Sandbox(timeout=2).open(Host(sandbox="none")) as execute:
        judged = execute(jobs)
        next(judged)
        judged.close()
        assert {each.id: each.verdict for each in execute(jobs)} == dict.fromkeys("012345", Verdict.PASSED)


def test_a_worker_that_is_stopped_judges_nothing():
    own = worker.Worker(worker.Most(2, 64, 64, 1, 8), "none")
    own.interrupt()
    assert list(own.judge([Job("1", SHELL, RIGHT, "f", Tests("f\nsay $answer", (7,)))])) == []
