"""Assertions of JavaScript and TypeScript as they are read."""

import pytest

from kcoder.errors import UsageError
from kcoder.expressions.node import ended, said
from kcoder.expressions.node_values import UNDEFINED, Exactly, Loosely, Stringified
from kcoder.language import END
from kcoder.records import Verdict

MULTIPLE = (
    "const assert = require('node:assert');\n\n\nfunction test() {\n  let candidate = f;\n"
    '  assert.deepEqual(candidate([1], "a)"),[1, 2]);\n  assert.deepEqual(candidate(0),undefined);\n}\n\ntest();\n'
)


def read(statement):
    """What one assertion at the outermost level becomes: the text, and what it expects."""
    tests = said(statement, "say")
    return tests.text, tests.expected


def test_what_is_compared_with_a_literal_is_said():
    tests = said(MULTIPLE, "say")
    assert tests.expected == (Loosely([1, 2]), Loosely(UNDEFINED))
    assert tests.sources == ('candidate([1], "a)")', "candidate(0)")
    assert 'say(candidate([1], "a)"));\n  say(candidate(0));\n}\n\ntest();' in tests.text
    assert "assert" not in tests.text


@pytest.mark.parametrize(
    ("statement", "text", "expected"),
    [
        ("assert.equal(f(1), 2)", "say(f(1))", Loosely(2)),
        ("assert.strictEqual(f(1), 'a', 'note')", "say(f(1))", Exactly("a")),
        ("assert.deepStrictEqual(f(1), { a: [1], b: {} })", "say(f(1))", Exactly({"a": [1], "b": {}})),
        ("console.assert(f(1) === -1)", "say(f(1))", Exactly(-1)),
        ("console.assert(true === f(1), 'note')", "say(f(1))", Exactly(True)),
        ("assert(f(1) == null)", "say(f(1))", Loosely(None)),
        ("assert.ok(f('===') === \"a\")", "say(f('==='))", Exactly("a")),
        (
            "console.assert(JSON.stringify(f(1)) === JSON.stringify([1, (2, 3)]))",
            "say(JSON.stringify(f(1)))",
            Stringified([1, 3]),
        ),
        ("console.assert(Math.abs(f(1) - 2) < 1e-6)", "say(!!(Math.abs(f(1) - 2) < 1e-6))", Exactly(True)),
        ("console.assert(f(1) !== 2)", "say(!!(f(1) !== 2))", Exactly(True)),
        ("console.assert(f(1) === 2 || f(1) === 3)", "say(!!(f(1) === 2 || f(1) === 3))", Exactly(True)),
        ("console.assert(f(1) === 10n)", "say(!!(f(1) === 10n))", Exactly(True)),
        ("console.assert(f(1) === 9999999999999999)", "say(f(1))", Exactly(1e16)),
    ],
)
def test_each_assertion_knows_how_it_compares(statement, text, expected):
    assert read(statement) == (text, (expected,))
    assert type(read(statement)[1][0]) is type(expected)


@pytest.mark.parametrize(
    "tests",
    [
        "for (const x of [1]) { assert.equal(f(x), 1); }",
        "if (f) assert.equal(f(1), 1);",
        "[1].forEach((x) => assert.equal(f(x), 1));",
        "function test(x) { assert.equal(f(x), 1); }\ntest(1); test(2);",
        "function test() { assert.equal(f(1), 1); }\ntest(); test();",
        "function test() { if (f) { return; } return 1; assert.equal(f(1), 1); }\ntest();",
        "function test() { assert.equal(f(1), 1); }\n",
        "assert.equal(f(1), g(1));",
        "assert.throws(() => f(1));",
        "assert.strictEqual(f(1), [1]);",
        'assert.equal(f("a\nb"), "c");',
        "if (f(1) !== 1) throw new Error('no');",
        "",
    ],
)
def test_what_cannot_be_said_once_is_compared_in_the_program_which_says_a_last_word(tests):
    found = said(tests, "say")
    assert found.expected is None
    assert found.text == f'{tests}\nsay("{END}");\n'


def test_a_loop_among_other_assertions_is_waited_for():
    tests = said("assert.equal(f(1), 1);\nfor (const x of [2]) assert.equal(f(x), x);\n", "say")
    assert tests.expected == (Loosely(1), END)
    assert tests.text.splitlines() == ["say(f(1));", "for (const x of [2]) assert.equal(f(x), x);", "", 'say("end");']


@pytest.mark.parametrize(
    "head", ["const assert = require('assert/strict');", "import assert from 'node:assert/strict'"]
)
def test_the_strict_library_compares_strictly(head):
    assert read(f"{head}\nassert.deepEqual(f(1), [2]);") == ("\nsay(f(1));", (Exactly([2]),))
    assert type(read(f"{head}\nassert.equal(f(1), 2);")[1][0]) is Exactly
    kept = "const assert = require('node:assert/strict');\nassert.notEqual(f(1), 2);"
    assert said(f"{head}\nassert.notEqual(f(1), 2);", "say").text == f'{kept}\nsay("end");\n'


def test_what_typescript_declares_for_the_tests_is_left_out():
    assert read("declare var require: any;\nassert.equal(f(1), 2);") == ("\nsay(f(1));", (Loosely(2),))


def test_tests_that_wait_are_refused():
    with pytest.raises(UsageError, match="tests that wait cannot be run: async"):
        said("(async () => { assert.equal(await f(1), 2); })();", "say")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("\nassertion failed: Error: no\n", Verdict.WRONG_ANSWER),
        ("\nbuild failed: line 1: SyntaxError: no\n", Verdict.BUILD_FAILED),
        ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n", Verdict.OUT_OF_MEMORY),
        ("line 1: RangeError: Array buffer allocation failed\n", Verdict.OUT_OF_MEMORY),
        ("line 1: Error: an assertion failed: no\n", None),
    ],
)
def test_last_words_tell_what_ended_a_program(words, verdict):
    assert ended(words) is verdict
