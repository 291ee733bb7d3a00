"""A program on one side of two pipes, its tests on the other."""

import os
import signal

import pytest

from kcoder.isolation import limits, python_program
from kcoder.isolation.limits import Watch
from kcoder.isolation.python_program import DiedError, EndedError, Judge


@pytest.fixture
def judged(monkeypatch):
    """What comes of tests against a program, and what they said; with nothing between the two but a fork."""
    orders, keep = os.pipe()
    monkeypatch.setattr(limits, "ORDERS", orders)

    def judge(code, tests, seconds=5.0):
        (asked, ask), (answers, answered), (out, write) = os.pipe(), os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                for source, number in ((write, 1), (write, 2), (asked, 198), (answered, 199)):
                    os.dup2(source, number)
                os.close(ask)
                python_program.serve(code, seed=0)
            finally:
                os._exit(1)
        for end in (asked, answered, write):
            os.close(end)
        watch = Watch(pid, (out,), seconds, 10_000)
        side = Judge(watch, ask, answers)
        try:
            return side.judge(tests), side.answers()
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            watch.close()
            for end in (ask, answers, out):
                os.close(end)

    yield judge
    os.close(keep)


def test_tests_call_functions_of_the_program_and_see_plain_values(judged):
    code = "import math\nLIMIT = 3\ndef f(xs): return {x: math.sqrt(x) for x in xs}\n"
    tests = "assert f([4, 9]) == {4: 2.0, 9: 3.0}\nassert LIMIT == 3\nsay(math.floor(f([2])[2]))\n"
    assert judged(code, tests) == ({"finished": True}, [1])


def test_a_failed_assertion_is_a_wrong_answer(judged):
    told, _ = judged("def f(n): return n\n", "def check(f):\n    assert f(1) == 2, 'too small'\ncheck(f)\n")
    assert told["wrong"] == "too small"


def test_a_call_that_changes_its_argument_changes_it_for_the_tests(judged):
    code = "def f(xs, seen):\n    xs.sort()\n    seen.add(len(xs))\n"
    tests = "xs, seen = [3, 1], set()\nf(xs, seen)\nassert (xs, seen) == ([1, 3], {2})\n"
    assert judged(code, tests)[0] == {"finished": True}


def test_objects_stay_with_the_program_and_can_be_given_back(judged):
    code = (
        "class Pair:\n    def __init__(self, a, b): self.a, self.b = a, b\n"
        "def longest(pairs): return max(p.b - p.a for p in pairs)\n"
    )
    assert judged(code, "assert longest([Pair(1, 2), Pair(5, 9)]) == 4\n")[0] == {"finished": True}


def test_a_function_of_the_program_can_be_an_argument(judged):
    assert judged("def g(n): return n + 1\ndef f(h, n): return h(n)\n", "assert f(g, 1) == 2\n")[0] == {
        "finished": True
    }


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def f(:\n", ("build", "invalid syntax")),
        ("x = '\ud800'\n", ("class", "UnicodeEncodeError")),
        ("raise ValueError('at once')\n", ("raised", "ValueError")),
        ("def f(n): raise KeyError(n)\n", ("raised", "KeyError")),
        ("class Own(Exception): pass\ndef f(n): raise Own('mine')\n", ("raised", "Own")),
        ("def f(n): assert False\n", ("raised", "AssertionError")),
        ("def f(n): raise SystemExit(0)\n", ("raised", "SystemExit")),
        ("def g(n): return n\n", ("tests", "NameError: name 'f' is not defined")),
        ("def f(n): return None\n", ("tests", "TypeError: unsupported operand")),
    ],
)
def test_what_goes_wrong_is_told_with_whose_fault_it_was(judged, code, told):
    found, _ = judged(code, "assert f(1) + 1 == 3\n")
    assert found[told[0]].startswith(told[1])


def test_tests_may_expect_an_exception_of_a_built_in_class(judged):
    tests = "try:\n    f(1)\nexcept KeyError as error:\n    say(str(error))\n"
    code = "class Own(KeyError): pass\ndef f(n): raise Own('a')\n"
    assert judged(code, tests) == ({"finished": True}, ["'a'"])


def test_the_line_of_the_program_that_raised_is_told(judged):
    assert judged("def f(n):\n    n += 1\n    return 1 / 0\n", "f(1)\n")[0]["line"] == 3


def test_an_iterator_is_no_list_but_can_be_made_one(judged):
    code = "def f(n): return map(str, range(n))\n"
    assert judged(code, "assert list(f(2)) == ['0', '1']\n")[0] == {"finished": True}
    assert "wrong" in judged(code, "assert f(2) == ['0', '1']\n")[0]


@pytest.mark.parametrize(
    "code",
    [
        "import os\ndef f(n): os._exit(0)\n",
        "import os\ndef f(n): os.write(199, b'nonsense\\n')\n",
        "import os\ndef f(n): os.write(199, b'[1]\\n')\n",
        'import os\ndef f(n): os.write(199, b\'{"result": {"~q": 1}}\\n\')\n',
        "import os\ndef f(n): os.close(199)\n",
    ],
)
def test_a_program_that_does_not_answer_as_ours_do_has_died(judged, code):
    with pytest.raises(DiedError):
        judged(code, "try:\n    f(1)\nexcept Exception:\n    pass\n")


def test_a_program_that_does_not_come_back_is_ended(judged):
    with pytest.raises(EndedError, match="time"):
        judged("def f(n):\n    while True: pass\n", "try:\n    f(1)\nexcept Exception:\n    pass\n", seconds=0.3)


def test_a_program_that_does_not_listen_does_not_hold_its_judge(judged):
    code = "import os, time\nos.close(198)\nos.dup2(0, 198)\ntime.sleep(30)\n"
    with pytest.raises((EndedError, DiedError)):
        judged(code, "f('x' * 10_000_000)\n", seconds=0.5)
