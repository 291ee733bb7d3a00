"""From how a program ended to a verdict, without any process."""

import base64
import json
import signal

import pytest

from kcoder.executor import Job
from kcoder.executors.verdicts import judged, judged_python
from kcoder.language import Language, Tests
from kcoder.records import Verdict

BASIC = Language(name="basic", suffixes=(".bas",), comment="'")
MARK = "_mark"
TWO = Tests("", (2, [3]), ("f(1)", "f(2)"))


def told(output="", errors="", status=0, ended="", step=1, steps=2):
    texts = {"output": base64.b64encode(output.encode()).decode(), "errors": base64.b64encode(errors.encode()).decode()}
    return texts | {"status": status, "ended": ended, "step": step, "steps": steps, "folder": "/program"}


def said(*values):
    return "".join(f"\n{MARK}{json.dumps(value)}\n" for value in values)


def verdict(tests=TWO, **ended):
    return judged(Job("1", BASIC, "", "f", tests), told(**ended), MARK)


@pytest.mark.parametrize(
    ("ended", "right"),
    [
        ({"output": said(2, [3])}, (Verdict.PASSED, "")),
        ({"output": "noise" + said(2) + "noise" + said([3]), "status": 1}, (Verdict.PASSED, "")),
        ({"output": said(2, [4])}, (Verdict.WRONG_ANSWER, "f(2) gave [4], expected [3]")),
        ({"output": said(3), "ended": "time"}, (Verdict.WRONG_ANSWER, "f(1) gave 3, expected 2")),
        ({"output": said(2, [3], 4)}, (Verdict.WRONG_ANSWER, "more answers than calls")),
        ({"output": said(2)}, (Verdict.INCOMPLETE, "ended after 1 of 2 calls")),
        ({"output": f"\n{MARK}2\n\n{MARK}[3"}, (Verdict.INCOMPLETE, "ended after 1 of 2 calls")),
        ({"output": said(2), "ended": "time"}, (Verdict.TIMED_OUT, "took more than its time")),
        ({"output": said(2), "ended": "output"}, (Verdict.OUTPUT_FLOOD, "more output than allowed")),
        ({"status": 1, "errors": "a\nTypeError: b\n"}, (Verdict.RUNTIME_ERROR, "TypeError: b")),
        ({"status": -signal.SIGILL, "output": said(2)}, (Verdict.RUNTIME_ERROR, "SIGILL, ended after 1 of 2 calls")),
        ({"status": -signal.SIGXFSZ}, (Verdict.SANDBOX_DENIED, "a file larger than allowed")),
        (
            {"status": 1, "errors": "fork: Resource temporarily unavailable"},
            (Verdict.SANDBOX_DENIED, "fork: Resource temporarily unavailable"),
        ),
        ({"status": 1, "errors": "connect EPERM 127.0.0.1:9"}, (Verdict.SANDBOX_DENIED, "connect EPERM 127.0.0.1:9")),
        ({"step": 0, "status": 1, "errors": "a.bas:1: error: what?"}, (Verdict.BUILD_FAILED, "a.bas:1: error: what?")),
        ({"step": 0, "status": 1, "output": "error on stdout"}, (Verdict.BUILD_FAILED, "error on stdout")),
        ({"step": 0, "ended": "time", "status": -9}, (Verdict.TIMED_OUT, "while it was built")),
    ],
)
def test_how_a_program_ended_and_what_it_said_make_a_verdict(ended, right):
    assert verdict(**ended) == right


def test_a_test_program_passes_when_it_came_to_its_end_and_said_nothing_else():
    own = Tests("...")
    assert verdict(own, output=said("end"))[0] == Verdict.PASSED
    assert verdict(own, output=said("end", "end"))[0] == Verdict.INCOMPLETE
    assert verdict(own, output="")[0] == Verdict.INCOMPLETE
    assert verdict(own, output="", status=1, errors="assertion failed")[0] == Verdict.RUNTIME_ERROR


def test_what_was_not_started_is_nobodys_failure():
    job = Job("1", BASIC, "", "f", TWO)
    assert judged(job, {"failed": "cannot start: no such file"}, MARK)[0] == Verdict.HARNESS_ERROR
    assert judged_python(job, {"failed": "cannot start: no such file"}, MARK)[0] == Verdict.HARNESS_ERROR


def test_an_answer_that_nobody_can_compare_is_a_wrong_one():
    deep = "[" * 900 + "]" * 900
    assert verdict(output=f"\n{MARK}{deep}\n")[0] in (Verdict.WRONG_ANSWER, Verdict.INCOMPLETE)


def python(found, wire=(), status=-9, ended="", tests=TWO):
    ending = told(status=status, ended=ended) | {"python": found, "said": list(wire)}
    return judged_python(Job("1", BASIC, "", "f", tests), ending, MARK)


@pytest.mark.parametrize(
    ("found", "wire", "right"),
    [
        ({"finished": True}, [2, [3]], (Verdict.PASSED, "")),
        ({"finished": True}, [2, {"~t": [4]}], (Verdict.WRONG_ANSWER, "f(2) gave [4], expected [3]")),
        ({"wrong": "assert f(1) == 3"}, [], (Verdict.WRONG_ANSWER, "assert f(1) == 3")),
        ({"build": "invalid", "class": "SyntaxError"}, [], (Verdict.BUILD_FAILED, "SyntaxError: invalid")),
        ({"build": "", "class": "MemoryError"}, [], (Verdict.OUT_OF_MEMORY, "MemoryError: ")),
        ({"raised": "KeyError", "message": "'a'", "kinds": []}, [2], (Verdict.RUNTIME_ERROR, "KeyError: 'a'")),
        ({"raised": "Big", "message": "", "kinds": ["MemoryError"]}, [], (Verdict.OUT_OF_MEMORY, "Big")),
        ({"raised": "SystemExit", "message": "0", "kinds": ["SystemExit"]}, [], (Verdict.INCOMPLETE, "SystemExit: 0")),
        (
            {"raised": "PermissionError", "message": "[Errno 1] Operation not permitted", "kinds": ["OSError"]},
            [],
            (Verdict.SANDBOX_DENIED, "PermissionError: [Errno 1] Operation not permitted"),
        ),
        (
            {"raised": "ValueError", "message": "Operation not permitted", "kinds": ["ValueError"]},
            [],
            (Verdict.RUNTIME_ERROR, "ValueError: Operation not permitted"),
        ),
        ({"tests": "NameError: f"}, [], (Verdict.RUNTIME_ERROR, "in the tests: NameError: f")),
    ],
)
def test_what_came_of_a_python_programs_tests_makes_a_verdict(found, wire, right):
    assert python(found, wire) == right


@pytest.mark.parametrize(
    ("status", "ended", "right"),
    [
        (0, "", (Verdict.INCOMPLETE, "ended after 1 calls")),
        (3, "", (Verdict.INCOMPLETE, "ended after 1 calls")),
        (-11, "", (Verdict.RUNTIME_ERROR, "SIGSEGV")),
        (-9, "time", (Verdict.TIMED_OUT, "took more than its time")),
        (-9, "output", (Verdict.OUTPUT_FLOOD, "more output than allowed")),
    ],
)
def test_a_python_program_that_died_is_told_by_how(status, ended, right):
    assert python({}, [2], status, ended) == right


def test_nothing_in_a_detail_was_drawn_for_one_run():
    found = verdict(status=1, errors=f"/program/a.bas {MARK} at 0x7f1234567890: #<A:0x000055d1aabbccdd>")
    assert found[1] == "./a.bas  at 0x…: #<A:0x…>"
