"""Lua as kcoder runs it: values, attempts to reach Python, and what the conformance kit finds."""

import pytest
from kcoder_lua import LUA

from kcoder.conformance import test_plugin
from kcoder.executor import Job
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Verdict


def judge(code, *tests, entry="f"):
    with load("executors", "sandbox")(timeout=5).open(Host()) as execute:
        [judgement] = execute([Job("1", LUA, code, entry, LUA.calls(entry, tests))])
    return judgement


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
        ("function f(x) return x end", ({"a": 1, "b": [{"c": None}]},), {"a": 1, "b": [[]]}),
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
        ("1 / 0", "the number inf cannot be told as JSON"),
        ("-1 / 0", "the number -inf cannot be told as JSON"),
        ("print", "a function cannot be told as JSON"),
        ("{[{}] = 1}", "a key of type table cannot be told as JSON"),
    ],
)
def test_what_json_cannot_tell_is_a_runtime_error(value, said):
    judgement = judge(f"function f(x) return {value} end", ((1,), 2))
    assert (judgement.verdict, judgement.detail) == (Verdict.RUNTIME_ERROR, said)


def test_a_table_in_itself_is_a_runtime_error():
    assert judge("function f(x) local t = {} t[1] = t return t end", ((1,), 2)).verdict == Verdict.RUNTIME_ERROR


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
