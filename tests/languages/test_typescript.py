"""TypeScript as kcoder checks, compiles, runs and reads it."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin as conformance
from kcoder.errors import MachineLacksError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.language import END
from kcoder.languages.typescript import TYPESCRIPT
from kcoder.plugin import load
from kcoder.records import Verdict

PROGRAM = "function f(x: number): number {\n  return x > 1 ? x : 1;\n}\n"
DATA = os.environ.get("KCODER_TEST_DATA")
HEAD = "function f(x: number): number {\n"


def lacks():
    try:
        TYPESCRIPT.version()
        with Sandbox().open(Host()):
            return ""
    except MachineLacksError as error:
        return error.message


needs_tsc = pytest.mark.skipif(bool(lacks()), reason=f"TypeScript cannot be run here: {lacks()}")
needs_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")


def judged(*programs, level="auto"):
    """The judgements on programs, (code, tests) each, in order."""
    with Sandbox(timeout=5, memory=512).open(Host(workers=2, sandbox=level)) as execute:
        jobs = [Job(str(n), TYPESCRIPT, code, "f", tests) for n, (code, tests) in enumerate(programs)]
        found = {judgement.id: judgement for judgement in execute(jobs)}
    return [found[str(n)] for n in range(len(programs))]


def multiple(argument, expected):
    """Tests as MultiPL-E writes them."""
    head = "declare var require: any;\nconst assert = require('node:assert');\n\n\n"
    head += "function test() {\n  let candidate = f;\n"
    return TYPESCRIPT.asserts("", f"{head}  assert.deepEqual(candidate({argument}),{expected});\n}}\n\ntest();\n")


TWO = TYPESCRIPT.calls("f", (((1,), 2),))


def test_its_programs_are_read_and_scored():
    score = load("scorers", TYPESCRIPT.scorer)().score(PROGRAM, "typescript")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_the_content_decides_where_others_use_the_ending():
    shown = TYPESCRIPT.content[".ts"]
    assert re.search(shown, "// a\nlet x: number = 1;\n")
    assert not re.search(shown, '<?xml version="1.0"?>\n<!DOCTYPE TS>\n')


def test_without_tsc_one_is_told_how_to_get_it(monkeypatch, tmp_path):
    (tmp_path / "node").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MachineLacksError, match="tsc, which typescript needs, was not found") as raised:
        TYPESCRIPT.version()
    assert raised.value.hint == "npm install -g typescript@5.4"
    assert TYPESCRIPT.paths() == (os.path.realpath("/bin/true"),)


def test_tsc_is_found_in_a_project_around_the_current_folder(monkeypatch, tmp_path):
    package = tmp_path / "node_modules" / "typescript"
    (package / "bin").mkdir(parents=True)
    (package / "bin" / "tsc").write_text("")
    (tmp_path / "node_modules" / ".bin").mkdir()
    (tmp_path / "node_modules" / ".bin" / "tsc").symlink_to("../typescript/bin/tsc")
    (tmp_path / "src").mkdir()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path / "src")
    assert TYPESCRIPT.paths() == (str(package), str(tmp_path / "node_modules" / "@typescript"))


@needs_tsc
def test_the_conformance_kit_finds_nothing():
    assert [finding for finding in conformance("languages", "typescript", Host()) if not finding.ok] == []


def test_assertions_are_said():
    tests = multiple("0", "[undefined, 1]")
    assert len(tests.expected) == 1
    assert "declare" not in tests.text
    assert "assert" not in tests.text


RIGHT = [
    f"{HEAD}  return x + 1;\n}}\nconst assert = require('assert');\nconst test = 1, candidate = 2;",
    "const f = (x: number): number => 2;",
    f"import * as crypto from 'crypto';\nimport fs, {{ readFileSync }} from 'node:fs';\nexport {HEAD}  return 2;\n}}",
    "export default function f(x: number) {\n  return 2;\n}",
    f"const name = 'x';\nclass Node {{ constructor(private x: string) {{}} }}\n{HEAD}  return 2;\n}}",
    f"enum E {{ A = 2 }}\n{HEAD}  return E.A;\n}}",
    f"namespace N {{ export const two = 2; }}\n{HEAD}  return N.two;\n}}",
    f"{HEAD}  return structuredClone([1, 2]).at(-1) + Number(process.argv.length > 9);\n}}",
    f"function g<T>(...all: T[]): T | undefined {{ return all[0]; }}\n{HEAD}  return g(x + 1)!;\n}}",
    "function f(x) { var y; y = 2; return y; }",
    f"declare var require: any;\r\n{HEAD}  return 2;\r\n}}\r\n",
    "function f(x: number): bigint { return 2n; }",
]


@needs_tsc
def test_right_programs_pass_whatever_they_do_besides():
    judgements = judged(*((code, TWO) for code in RIGHT))
    assert [j.detail for j in judgements if j.verdict != Verdict.PASSED] == []


BROKEN = [
    (f"{HEAD}  return 'a';\n}}", "line 2: Type 'string' is not assignable to type 'number'. (TS2322)"),
    (f"{HEAD}  return y;\n}}", "line 2: Cannot find name 'y'. (TS2304)"),
    (f"import x from 'lodash';\n{HEAD}  return 2;\n}}", "line 1: Cannot find module 'lodash'"),
    (
        f"{HEAD}  return 2;\n}}\nreturn;",
        "line 4: A 'return' statement can only be used within a function body. (TS1108)",
    ),
    (f"{HEAD}  return 2;", "'}' expected. (TS1005)"),
    (f"function g(): void {{\n  g(1);\n}}\n{HEAD}  return 2;\n}}", "line 2: Expected 0 arguments, but got 1. (TS2554)"),
]


@needs_tsc
def test_what_the_compiler_finds_wrong_is_a_failed_build():
    judgements = judged(*((code, TWO) for code, _ in BROKEN))
    assert {judgement.verdict for judgement in judgements} == {Verdict.BUILD_FAILED}
    assert [told for (_, told), judgement in zip(BROKEN, judgements, strict=True) if told not in judgement.detail] == []


@needs_tsc
def test_a_call_that_the_types_forbid_is_a_failed_build():
    [wrong, right] = judged(
        (f"{HEAD}  return 2;\n}}", multiple('"a"', "2")), (f"{HEAD}  return 2;\n}}", multiple("1", "2"))
    )
    assert wrong.verdict == Verdict.BUILD_FAILED
    assert "Argument of type 'string' is not assignable to parameter of type 'number'" in wrong.detail
    assert right.verdict == Verdict.PASSED


WRONG = [
    (f"{HEAD}  return x;\n}}", Verdict.WRONG_ANSWER, "f(1) gave 1, expected 2"),
    (
        f"interface A {{\n  a: number;\n}}\n\n\n{HEAD}  const a: A = null;\n  return a.a;\n}}",
        Verdict.RUNTIME_ERROR,
        "line 8: ",
    ),
    (f"// @ts-nocheck\n{HEAD}  return y;\n}}", Verdict.RUNTIME_ERROR, "line 3: ReferenceError: y is not defined"),
    (f"{HEAD}  process.exit(0);\n  return 2;\n}}", Verdict.INCOMPLETE, ""),
    (
        f"process.on('uncaughtException', () => {{}});\n{HEAD}  throw new Error('no');\n}}",
        Verdict.RUNTIME_ERROR,
        "line 3: Error: no",
    ),
]


@needs_tsc
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_what_is_not_right_never_passes(level):
    judgements = judged(*((code, TWO) for code, _, _ in WRONG), level=level)
    assert [judgement.verdict for judgement in judgements] == [verdict for _, verdict, _ in WRONG]
    assert all(judgement.detail.startswith(told) for (_, _, told), judgement in zip(WRONG, judgements, strict=True))


@needs_tsc
def test_what_is_compared_in_the_program_is_not_the_programs_to_change():
    tests = TYPESCRIPT.asserts("", "for (let n = 0; n < 3; n++) { console.assert(f(n) === n + 1) }")
    codes = [f"{HEAD}  return x + 1;\n}}", f"{HEAD}  return x;\n}}\nconsole.assert = () => {{}};"]
    assert [judgement.verdict for judgement in judged(*((code, tests) for code in codes))] == [
        Verdict.PASSED,
        Verdict.WRONG_ANSWER,
    ]


@needs_data
def test_every_assertion_of_multiple_is_said():
    with gzip.open(Path(DATA, "answers/humaneval-ts.jsonl.gz"), "rt", encoding="utf-8") as lines:
        problems = [json.loads(line) for line in lines]
    tests = [TYPESCRIPT.asserts(row["prompt"], row["tests"]) for row in problems]
    assert len(tests) == 159
    assert [each for each in tests if not each.expected or END in each.expected] == []
