"""Lua as kcoder runs it: values, attempts to reach Python, and what the conformance kit finds."""

import pytest
from kcoder_lua import LUA

from kcoder.conformance import test_plugin
from kcoder.executor import Job
from kcoder.host import Host
from kcoder.plugin import load
from kcoder.records import Verdict


def judge(code, *tests, entry="f"):
    with load("executors", "process")(timeout=5).open(Host()) as execute:
        [judgement] = execute([Job("1", LUA, code, entry, tests)])
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
    ],
)
def test_what_is_not_right_does_not_pass(code):
    assert judge(code, ((1,), 2)).verdict not in (Verdict.PASSED, Verdict.HARNESS_ERROR, Verdict.NO_TOOLCHAIN)


def test_what_does_not_parse_is_a_failed_build():
    judgement = judge("function f(x return end", ((1,), 2))
    assert judgement.verdict == Verdict.BUILD_FAILED
    assert "expected" in judgement.detail
