"""Lua as kcoder runs it: values, attempts to reach Python, and what the conformance kit finds."""

import gzip
import json
import os
from pathlib import Path

import pytest
from kcoder_lua import LUA

from kcoder.conformance import test_plugin
from kcoder.errors import UsageError
from kcoder.executor import Job
from kcoder.failures import Failure, failure
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Verdict


def run(code, tests):
    with load("executors", "sandbox")(timeout=5).open(Host()) as execute:
        [judgement] = execute([Job("1", LUA, code, "f", tests)])
    return judgement


def judge(code, *calls):
    return run(code, LUA.calls("f", calls))


def multiple(expected):
    """Tests as MultiPL-E writes them."""
    head = "lu = require('luaunit')\n\nfunction test_humaneval()\nlocal candidate = f\n"
    return LUA.asserts("", f"{head}    lu.assertEquals(candidate(1), {expected})\nend\n\nos.exit(lu.LuaUnit.run())")


def test_the_conformance_kit_finds_nothing():
    findings = test_plugin("languages", "lua", Host())
    assert len(findings) > 10
    assert [f for f in findings if not f.ok] == []


@pytest.mark.parametrize(
    ("code", "arguments", "expected"),
    [
        ("function f(x) return x end", ([1, 2, 3],), [1, 2, 3]),
        ("function f(x) return x end", ([],), []),
        ("function f(x) return x end", ([["a"], []],), [["a"], []]),
        ("function f(x) return x end", ('a"\\\n\t\0é',), 'a"\\\n\t\0é'),
        ("function f(x) return -7 % 3 end", (0,), 2),
        ("function f(x) return 10 / 2 end", (0,), 5),
        ("function f(x) return x > 1 end", (2,), True),
        ("function f(x) print('noise') return nil end", (2,), None),
        ("function f(x) return x end", ({"a": 1, "b": [{"c": None}]},), {"a": 1, "b": [{}], "c": None}),
        ("function f(x) return x.a end", ({"a": 1},), 1),
        ("function f(x) return {a = x, ['b\\n'] = {}} end", (1,), {"a": 1, "b\n": []}),
        ("function f(x) return {[10] = 'x', [20] = 'y'} end", (1,), {"10": "x", "20": "y"}),
        ("function f(x) return {1, nil, 3} end", (1,), [1, None, 3]),
        ("function f(x) type = nil string = nil next = nil return x end", (1,), 1),
        ("local function f(x) return x end", (1,), 1),
        ("function f(x) io = nil return x end", (1,), 1),
    ],
)
def test_values_go_in_and_come_out(code, arguments, expected):
    assert judge(code, (arguments, expected)).verdict == Verdict.PASSED


def test_text_is_utf8_in_and_out():
    assert judge("function f(x) return x .. 'é' end", (("ü",), "üé")).verdict == Verdict.PASSED


def test_one_is_not_true():
    assert judge("function f(x) return 1 end", ((1,), True)).verdict == Verdict.WRONG_ANSWER


@pytest.mark.parametrize(
    "code",
    [
        "os.exit(0)",
        "function f(x) os.exit(0, true) end",
        "function f(x) return python.eval('1') end",
        "function f(x) return setmetatable({}, {__eq = function() return true end}) end",
        "io.write = function() end function f(x) return 1 end",
        "tostring = function() return '2' end function f(x) return 1 end",
        "error('no')",
        "function f(x) return string.format('%d', 'x') end",
        "function f(x) return require('python') and 2 end",
        "function f(x) return package.loaded.python and 2 end",
    ],
)
def test_what_is_not_right_does_not_pass(code):
    assert judge(code, ((1,), 2)).verdict not in (Verdict.PASSED, Verdict.HARNESS_ERROR, Verdict.NO_TOOLCHAIN)


def test_what_does_not_parse_is_a_failed_build():
    judgement = judge("function f(x return end", ((1,), 2))
    assert judgement.verdict == Verdict.BUILD_FAILED
    assert "expected" in judgement.detail


def test_a_table_with_names_is_no_empty_list():
    judgement = judge("function f(x) return {a = 1} end", ((1,), []))
    assert (judgement.verdict, judgement.detail) == (Verdict.WRONG_ANSWER, 'f(1) gave {"a": 1}, expected []')


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1 / 0", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("0 / 0", "NaN"),
        ("print", "<function object>"),
        ("{[{}] = 1}", "{<table as a key object>: 1}"),
        ("{[true] = 1, [2.5] = 2}", '{"2.5": 2, "true": 1}'),
        ("(function() local t = {} t[1] = t return t end)()", "[<circular object>]"),
        ("setmetatable({}, {__index = function() return 2 end, __eq = function() return true end})", "[]"),
    ],
)
def test_what_json_lacks_is_said_too(value, said):
    judgement = judge(f"function f(x) return {value} end", ((1,), 2))
    assert (judgement.verdict, judgement.detail) == (Verdict.WRONG_ANSWER, f"f(1) gave {said}, expected 2")


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("function f(x)\n  return x.y.z\nend", "candidate:2: attempt to index a number value (local 'x')"),
        ("function f(x)\n\n  return x +\nend", "build failed: candidate:4: unexpected symbol near 'end'"),
        ("function f(x) error('é') end", "candidate:1: é"),
        ("function f(x) error(tostring({})) end", "candidate:1: table: 0x…"),
    ],
)
def test_errors_carry_the_lines_of_the_candidate(code, detail):
    assert judge(code, ((1,), 2)).detail == detail


def test_assertions_are_said_without_luaunit():
    tests = multiple("{'a,)', {['b'] = None}}")
    assert tests.text == "local candidate = f\nsay_value(candidate(1))\n"
    assert (tests.expected, tests.sources) == ((["a,)", {"b": None}],), ("candidate(1)",))


@pytest.mark.parametrize(
    ("value", "expected", "verdict"),
    [
        ("nil", "None", Verdict.PASSED),
        ("{nil, 1}", "{None, 1}", Verdict.PASSED),
        ("{}", "{None, None}", Verdict.PASSED),
        ("{nil, 1}", "{None, None}", Verdict.WRONG_ANSWER),
        ("{[7] = 1}", "{[7] = 1}", Verdict.PASSED),
        ("{['7'] = 1}", "{[7] = 1}", Verdict.WRONG_ANSWER),
        ("{a = {1.0}}", "{['a'] = {1}}", Verdict.PASSED),
        ("'1'", "1", Verdict.WRONG_ANSWER),
        ("nil, 1", "1", Verdict.WRONG_ANSWER),
    ],
)
def test_tables_are_compared_by_what_they_hold(value, expected, verdict):
    assert run(f"local function f(x)\n  return {value}\nend", multiple(expected)).verdict == verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("function f(x) return x + 1 end", Verdict.PASSED),
        ("function f(x) return x end", Verdict.RUNTIME_ERROR),
        ("function f(x) return x end\nassert = function() end\nerror = assert", Verdict.RUNTIME_ERROR),
        ("function f(x) return x + 1 end\ndo return end", Verdict.INCOMPLETE),
        ("function f(x) os.exit(0) end", Verdict.INCOMPLETE),
    ],
)
def test_loops_are_tried_in_the_program_by_an_assert_it_cannot_change(code, verdict):
    tests = LUA.asserts("", "for n = 1, 3 do assert(f(n) == n + 1) end\n")
    assert tests.expected is None
    assert run(code, tests).verdict == verdict


def test_asserts_of_literals_are_said():
    tests = LUA.asserts("", "local x = 1\nassert(f(x) == 2)\nassert(f(2) == {3}, 'no') -- a note\n")
    assert (tests.expected, tests.sources) == ((2, [3]), ("f(x)", "f(2)"))


@pytest.mark.parametrize("line", ["lu.assertEquals(f(1), g(1))", "if f then lu.assertEquals(f(1), 2) end", "lu.fail()"])
def test_what_only_luaunit_could_tell_is_refused(line):
    with pytest.raises(UsageError, match="tests with luaunit cannot be read"):
        LUA.asserts("", f"lu = require('luaunit')\n{line}\n")


@pytest.mark.skipif("KCODER_TEST_DATA" not in os.environ, reason="KCODER_TEST_DATA is not set")
def test_every_assertion_of_multiple_is_said():
    with gzip.open(
        Path(os.environ["KCODER_TEST_DATA"], "answers/humaneval-lua.jsonl.gz"), "rt", encoding="utf-8"
    ) as lines:
        problems = [json.loads(line) for line in lines]
    tests = [LUA.asserts(row["prompt"], row["tests"]) for row in problems]
    assert len(tests) == 161
    assert [each for each in tests if not each.expected] == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("function f(n)\n  return (n\nend\n", (Failure.SYNTAX, "unclosed block")),
        ("function f(n)\n  return g(n)\nend\n", (Failure.NAME, "unknown function")),
        ("function f(n)\n  local t\n  return t.x\nend\n", (Failure.RUNTIME, "nothing where a value was due")),
        ("local m = require('none')\nfunction f(n)\n  return n\nend\n", (Failure.IMPORT, "unknown module")),
    ],
)
def test_a_failure_is_told_in_luas_own_words(code, told):
    found = judge(code, ((1,), 2))
    why = failure(found.verdict, found.detail, LUA.causes)
    assert (why.failure, why.cause) == told
