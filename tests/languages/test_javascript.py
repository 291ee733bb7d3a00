"""JavaScript as kcoder runs and reads it."""

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin as conformance
from kcoder.errors import MachineLacksError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.languages.javascript import JAVASCRIPT
from kcoder.plugin import load
from kcoder.records import Verdict

PROGRAM = "function f(x) {\n  return x > 1 ? x : 1;\n}\n"
DATA = os.environ.get("KCODER_TEST_DATA")


def lacks():
    try:
        JAVASCRIPT.version()
        with Sandbox().open(Host()):
            return ""
    except MachineLacksError as error:
        return error.message


needs_node = pytest.mark.skipif(bool(lacks()), reason=f"JavaScript cannot be run here: {lacks()}")
needs_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")


def judged(*programs, level="auto", timeout=5):
    """The judgements on programs, (code, tests) each, in order."""
    with Sandbox(timeout=timeout, memory=512).open(Host(workers=2, sandbox=level)) as execute:
        jobs = [Job(str(n), JAVASCRIPT, code, "f", tests) for n, (code, tests) in enumerate(programs)]
        found = {judgement.id: judgement for judgement in execute(jobs)}
    return [found[str(n)] for n in range(len(programs))]


def judge(code, tests):
    return judged((code, tests))[0]


def called(*calls):
    return JAVASCRIPT.calls("f", calls)


def asserted(text):
    return JAVASCRIPT.asserts("", text)


def multiple(expected):
    """Tests as MultiPL-E writes them."""
    head = "const assert = require('node:assert');\n\n\nfunction test() {\n  let candidate = f;\n"
    return asserted(f"{head}  assert.deepEqual(candidate(1),{expected});\n}}\n\ntest();\n")


TWO = called(((1,), 2))
#: one more in a loop: tests that compare by themselves
LOOP = asserted("const testF = () => {\n  for (const n of [1, 2]) console.assert(f(n) === n + 1)\n}\ntestF()\n")


def test_its_programs_are_read_and_scored():
    score = load("scorers", JAVASCRIPT.scorer)().score(PROGRAM, "javascript")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in JAVASCRIPT.generated_paths)

    assert generated("x/a.min.js")
    assert not generated("x/admin.js")


@needs_node
def test_the_conformance_kit_finds_nothing():
    assert [finding for finding in conformance("languages", "javascript", Host()) if not finding.ok] == []


@needs_node
@pytest.mark.parametrize(
    ("value", "expected", "detail"),
    [
        ("'1'", "1", ""),
        ("[1, '2', [3n], { a: null }]", '[1, 2, [3], {"a": undefined}]', ""),
        ("Object.assign(Object.create(null), { a: 1 })", '{"a": 1}', ""),
        ("new (class { a = 1 })()", '{"a": 1}', ""),
        ("[, 1]", "[undefined, 1]", ""),
        ("NaN", "NaN", ""),
        ("-0", "0", ""),
        ("-Infinity", "-Infinity", ""),
        ("1e21", "1000000000000000000000", ""),
        ('"é\\n\\"\\u2028\\0"', '"é\\n\\"\\u2028\\0"', ""),
        ("new Proxy([1], {})", "[1]", ""),
        ("0", "undefined", 'candidate(1) gave 0, expected "undefined"'),
        ("new Map([['a', 1]])", '{"a": 1}', 'candidate(1) gave <Map object>, expected {"a": 1}'),
        ("new Set([1])", "[1]", "candidate(1) gave <Set object>, expected [1]"),
        ("new Uint8Array([1])", "[1]", "candidate(1) gave <Uint8Array object>, expected [1]"),
        ("new Number(1)", "1", "candidate(1) gave <Number object>, expected 1"),
        ("Promise.resolve(1)", "1", "candidate(1) gave <Promise object>, expected 1"),
        ("(() => 1)", "1", "candidate(1) gave <function object>, expected 1"),
        ("Symbol('1')", "1", "candidate(1) gave <symbol object>, expected 1"),
        ("[].concat([]), x = [], x.push(x), x", "[]", "candidate(1) gave [<circular object>], expected []"),
        ("'\\ud800'", "''", 'candidate(1) gave "\ufffd", expected ""'),
        ("[]", "{}", "candidate(1) gave [], expected {}"),
    ],
)
def test_values_are_said_whatever_they_are(value, expected, detail):
    judgement = judge(f"function f(x) {{ return ({value}); }}", multiple(expected))
    assert (judgement.verdict, judgement.detail) == (Verdict.WRONG_ANSWER if detail else Verdict.PASSED, detail)


@needs_node
def test_arguments_arrive_as_they_are():
    values = ['a\u2028"\\${1}`é', {"__proto__": 1, "a": [None, True, -1.5e-7]}, [[], {}]]
    assert judge("function f(x) { return x; }", called(*(((value,), value) for value in values))).verdict == "passed"


RIGHT = [
    "const f = (x) => 2;\nconst assert = 1, test = 2, candidate = 3, console = 4;",
    "const assert = require('assert');\nfunction f(x) { return 2; }\nassert.strictEqual(f(1), 2);",
    "function f(x) { return 2; }\nreturn;",
    "function f(x) { return 2; }\nmodule.exports = { f };\nif (require.main === module) console.log(f(1));",
    "#!/usr/bin/env node\n'use strict';\nfunction f(x) { return 2; }",
    "function f(x) { y = 2; return y; }",
    "function f(x) { return 2; }\r\n// the end",
    "console.log('x'.repeat(300000));\nfunction f(x) { return 2; }",
    "function f(x) { require('fs').writeSync(1, Buffer.from([255, 254])); return 2; }",
    "function f(x) { return 2; }\nsetInterval(() => {}, 1000);",
    "function f(x) { return 2; }\nrequire('readline').createInterface({ input: process.stdin });",
    "Array.prototype.last = function () { return this[this.length - 1]; };\nfunction f(x) { return [2].last(); }",
    "JSON.stringify = Object.keys = Array.prototype.map = () => 1;\nfunction f(x) { return 2; }",
    "process.stdout.write = console.log = () => true;\nfunction f(x) { return 2; }",
    "process.chdir('/');\nfunction f(x) { return 2; }",
]


@needs_node
def test_right_programs_pass_whatever_they_do_besides():
    judgements = judged(*((code, TWO) for code in RIGHT))
    assert [j.detail for j in judgements if j.verdict != Verdict.PASSED] == []


WRONG = [
    ("function f(x) { process.exit(0); }", Verdict.INCOMPLETE),
    ("process.on('exit', () => process.reallyExit(0));\nfunction f(x) { return 3; }", Verdict.WRONG_ANSWER),
    ("process.on('uncaughtException', () => {});\nfunction f(x) { throw new Error('no'); }", Verdict.RUNTIME_ERROR),
    (
        "JSON.stringify = () => '2';\nObject.prototype.toJSON = () => 2;\nfunction f(x) { return 1; }",
        Verdict.WRONG_ANSWER,
    ),
    ("function f(x) { return { valueOf: () => 2, toString: () => '2', toJSON: () => 2 }; }", Verdict.WRONG_ANSWER),
    ("require('fs').writeSync = () => 1;\nfunction f(x) { return 1; }", Verdict.WRONG_ANSWER),
    ("function eval(text) { return () => {}; }\nfunction f(x) { return 1; }", Verdict.INCOMPLETE),
    ("async function f(x) { return 2; }", Verdict.WRONG_ANSWER),
    ("class f {}", Verdict.RUNTIME_ERROR),
    ("function g(x) { return 2; }", Verdict.RUNTIME_ERROR),
    ("function f(x) { return f(x); }", Verdict.RUNTIME_ERROR),
    ("throw null;", Verdict.RUNTIME_ERROR),
    ("function f(x) { process.kill(process.pid, 'SIGKILL'); }", Verdict.RUNTIME_ERROR),
    ("function f(x) { const all = []; for (;;) all.push({ all: [x] }); }", Verdict.OUT_OF_MEMORY),
    ("function f(x) { return 2;", Verdict.BUILD_FAILED),
    ("import fs from 'fs';\nfunction f(x) { return 2; }", Verdict.BUILD_FAILED),
    ("function f(x) { return eval('2 +'); }", Verdict.RUNTIME_ERROR),
]


@needs_node
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_what_is_not_right_never_passes(level):
    judgements = judged(*((code, TWO) for code, _ in WRONG), level=level)
    assert [judgement.verdict for judgement in judgements] == [verdict for _, verdict in WRONG]


@needs_node
@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("function f(x) {\n  return x.y.z;\n}", "line 2: TypeError: Cannot read properties of undefined (reading 'z')"),
        ("function f(x) {\n\n  return x +\n}", "build failed: line 4: SyntaxError: Unexpected token '}'"),
        ("'use strict'; function f(x) { y = 1 }", "line 1: ReferenceError: y is not defined"),
        ("\nthrow 'x\\ny'", "x"),
        ("Error.prepareStackTrace = () => { throw 1 };\nnull.x", "an error that cannot be told"),
        ("require('js-md5')", "line 1: Error: Cannot find module 'js-md5'"),
    ],
)
def test_errors_carry_the_lines_of_the_candidate(code, detail):
    assert judge(code, TWO).detail == detail


@needs_node
def test_a_package_that_was_installed_can_be_used(tmp_path, monkeypatch):
    tmp_path.chmod(0o755)  # programs are run by nobody
    for name in ("half", "@own/double"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "package.json").write_text(json.dumps({"name": name, "version": "1.2.3"}))
        (tmp_path / name / "index.js").write_text("module.exports = (x) => x / 2;\n" if name == "half" else "x = ;")
    code = "const half = require('half');\nfunction f(x) {\n  return 2 * half(x) + x;\n}\n"
    assert "Cannot find module 'half'" in judge(code, TWO).detail
    monkeypatch.setenv("KCODER_NODE_MODULES", str(tmp_path))
    assert judge(code, TWO).verdict == Verdict.PASSED
    assert JAVASCRIPT.version().endswith(" with @own/double 1.2.3, half 1.2.3")


@needs_node
def test_chance_is_the_same_in_every_run():
    code = "function f(x) { return Math.random(); }"
    assert judge(code, TWO).detail == judge(code, TWO).detail


@needs_node
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("function f(x) { return x + 1; }", Verdict.PASSED),
        ("function f(x) { return x; }", Verdict.WRONG_ANSWER),
        ("console.assert = () => {};\nfunction f(x) { return x; }", Verdict.WRONG_ANSWER),
        ("const console = { assert() {} };\nfunction f(x) { return x; }", Verdict.WRONG_ANSWER),
        ("function f(x) { process.exit(0); }", Verdict.INCOMPLETE),
        ("function f(x) { return x.y.z; }", Verdict.RUNTIME_ERROR),
    ],
)
def test_what_is_compared_in_the_program_is_not_the_programs_to_change(code, verdict):
    assert judge(code, LOOP).verdict == verdict


@needs_node
@pytest.mark.parametrize("patch", ["assert", "assert.strict"])
def test_nodes_assert_is_not_the_programs_to_change(patch):
    tests = asserted(
        "const assert = require('assert');\nfor (const n of [1]) assert.deepStrictEqual([f(n)], [n + 1]);\n"
    )
    code = f"const assert = require('assert');\nObject.assign({patch}, {{ deepStrictEqual() {{}}, ok() {{}} }});\n"
    assert judge(f"{code}const f = (x) => x;", tests).verdict == Verdict.WRONG_ANSWER
    assert judge(f"{code}const f = (x) => x + 1;", tests).verdict == Verdict.PASSED


def rows(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(Path(DATA, path), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


#: what a row of adversarial programs calls a verdict
CLASSES = {
    "exit": Verdict.INCOMPLETE,
    "assertion": Verdict.WRONG_ANSWER,
    "timeout": Verdict.TIMED_OUT,
    "memory": Verdict.OUT_OF_MEMORY,
    "output": Verdict.OUTPUT_FLOOD,
    "pass": Verdict.PASSED,
}


@needs_node
@needs_data
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_adversarial_programs_are_judged_as_they_deserve(level):
    programs = rows("adversarial/js.jsonl")
    tests = [JAVASCRIPT.asserts(row["prompt"], row["tests"]) for row in programs]
    codes = [row["prompt"] + row["completion"] for row in programs]
    judgements = judged(*zip(codes, tests, strict=True), level=level, timeout=2)
    wrong = {
        row["id"]: judgement.verdict
        for row, judgement in zip(programs, judgements, strict=True)
        if row["expected_verdict"] != "any" and judgement.verdict != CLASSES[row["expected_class"]]
    }
    assert len(programs) == 9
    assert wrong == {}


@needs_data
def test_the_assertions_of_published_benchmarks_are_said():
    def form(text):
        expected = JAVASCRIPT.asserts("", text).expected
        return "in the program" if expected is None else "both" if "end" in expected else "said"

    assert Counter(form(row["tests"]) for row in rows("multipl-e/humaneval-js.jsonl.gz")) == {
        "said": 160,
        "in the program": 1,  # 51: a string that is not closed, which no program passes
    }
    assert Counter(form(row["test"]) for row in rows("humaneval-x/humaneval_js.jsonl.gz")) == {
        "said": 159,
        "both": 2,
        "in the program": 3,
    }


@needs_node
@needs_data
def test_canonical_solutions_pass_but_three(monkeypatch):
    monkeypatch.delenv("KCODER_NODE_MODULES", raising=False)
    problems = rows("humaneval-x/humaneval_js.jsonl.gz")
    programs = [
        (row["prompt"] + row["canonical_solution"], JAVASCRIPT.asserts(row["prompt"], row["test"])) for row in problems
    ]
    failed = {
        row["task_id"]: judgement.detail
        for row, judgement in zip(problems, judged(*programs), strict=True)
        if judgement.verdict != Verdict.PASSED
    }
    # the first two fail assertions of their own, which console.assert tells without ending the program
    assert failed == {
        "JavaScript/112": "JSON.stringify(reverseDelete('abcde', 'ae')) gave \"false\", expected [\"bcd\", false]",
        "JavaScript/155": 'JSON.stringify(evenOddCount(0)) gave "[0,0]", expected [1, 0]',
        "JavaScript/162": "line 9: Error: Cannot find module 'js-md5'",
    }
