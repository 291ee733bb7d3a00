"""Why a program failed: a class of a closed set, a cause where the words are known, a line where it is told."""

import pytest

from kcoder.failures import Failure, Told, failure, reaches_end
from kcoder.plugin import load
from kcoder.records import Verdict

TABLE = ((r"expected ';'", Failure.SYNTAX, "missing semicolon"), (r"(\w+Error)", Failure.RUNTIME, ""))


def test_what_passed_has_none():
    assert failure(Verdict.PASSED, "") is None


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict != Verdict.PASSED])
def test_every_other_verdict_has_one(verdict):
    assert failure(verdict, "words that no table knows").failure in Failure


@pytest.mark.parametrize(
    ("verdict", "detail", "told"),
    [
        (Verdict.BUILD_FAILED, "line 3: expected ';' here", Told(Failure.SYNTAX, "missing semicolon", 3)),
        (Verdict.BUILD_FAILED, "an odd word", Told(Failure.BUILD)),
        (Verdict.RUNTIME_ERROR, "line 7: KeyError: 'a line 9'", Told(Failure.RUNTIME, "KeyError", 7)),
        (
            Verdict.RUNTIME_ERROR,
            "java.lang.OddException: no (line 30)",
            Told(Failure.RUNTIME, "java.lang.OddException", 30),
        ),
        (Verdict.RUNTIME_ERROR, "SIGSEGV, ended after 0 of 2 calls", Told(Failure.RUNTIME, "segmentation fault")),
        (Verdict.BUILD_FAILED, "renamed: Twice; line 4: nothing", Told(Failure.NAME, "function renamed", 4)),
        (Verdict.WRONG_ANSWER, "f(1) gave 'line 3: a', expected 2", Told(Failure.WRONG)),
        (Verdict.REFUSED, "nothing was written", Told(Failure.EMPTY)),
    ],
)
def test_the_words_tell_failure_cause_and_line(verdict, detail, told):
    assert failure(verdict, detail, TABLE) == told


def test_a_program_that_reaches_to_where_its_model_was_stopped_was_cut_off():
    text = "    total = 0\n    for number in numb"
    assert reaches_end(f"def f(numbers):\n{text}", text)
    assert reaches_end("fn f() {\n    let a = 1;\n}\n", "    let a = 1;\n")
    assert not reaches_end("def f(n):\n    return n\n", "    return n\n\n\ndef g(n):\n    retu")
    cut = failure(Verdict.BUILD_FAILED, "line 3: expected ';'", TABLE, cut_off=True)
    assert cut == Told(Failure.CUT_OFF, "missing semicolon", 3)
    assert failure(Verdict.WRONG_ANSWER, "", cut_off=True).failure == Failure.CUT_OFF
    assert failure(Verdict.TIMED_OUT, "", cut_off=True).failure == Failure.TIME


@pytest.mark.parametrize("name", ["java", "cpp", "go", "rust", "swift", "javascript", "typescript", "ruby", "python"])
def test_every_language_knows_a_dozen_causes(name):
    causes = load("languages", name).causes
    assert len(causes) >= 10
    assert {kind for _, kind, _ in causes} >= {Failure.SYNTAX, Failure.NAME, Failure.IMPORT, Failure.RUNTIME}
