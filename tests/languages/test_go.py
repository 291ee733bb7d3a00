"""Go as kcoder runs it: values in and out, hostile programs, and what the benchmarks hold."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin
from kcoder.errors import MachineLacksError, UsageError
from kcoder.executor import Job
from kcoder.host import Host
from kcoder.language import END
from kcoder.languages.go import GO, _root, _toolchain
from kcoder.plugin import load
from kcoder.records import Verdict

DATA = os.environ.get("KCODER_TEST_DATA")


def lacking():
    try:
        GO.version()
    except MachineLacksError as error:
        return error.message
    return ""


runs = pytest.mark.skipif(bool(lacking()), reason=lacking())
with_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder")


def judged(*programs):
    """The judgements of (code, tests), in order."""
    jobs = [Job(str(number), GO, code, "f", tests) for number, (code, tests) in enumerate(programs)]
    with load("executors", "sandbox")(timeout=5).open(Host(workers=2)) as execute:
        return sorted(execute(jobs), key=lambda judgement: int(judgement.id))


def judge(code, tests):
    return judged((code, tests))[0]


def test_its_programs_are_scored():
    program = "func f(x int) int {\n\tif x > 1 {\n\t\treturn x\n\t}\n\treturn 1\n}\n"
    score = load("scorers", GO.scorer)().score(program, "go")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in GO.generated_paths)

    assert generated("api/a.pb.go")
    assert not generated("api/a.go")


@runs
def test_the_conformance_kit_finds_nothing():
    findings = test_plugin("languages", "go", Host())
    assert len(findings) > 8
    assert [f for f in findings if not f.ok] == []


PROMPT = 'package twice_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n// Twice n.\nfunc twice(n int) int {\n'


def table(*rows):
    """A test as MultiPL-E writes it."""
    lines = "".join(f"     {{ actual: {actual}, expected: {expected} }},\n" for actual, expected in rows)
    return f"""func TestTwice(t *testing.T) {{
  candidate := twice
	type test struct {{
		actual   interface{{}}
		expected interface{{}}
	}}
   tests := []test{{
{lines}   }}

	for i, tc := range tests {{
		t.Run(fmt.Sprintf("test num % d", i), func(t *testing.T) {{
			if fmt.Sprintf("%v", tc.actual) != fmt.Sprintf("%v", tc.expected) {{
				t.Errorf("expected '%s', got '%s'", tc.expected, tc.actual)
			}}
		}})
	}}
}}
"""


TESTS = table(("candidate(3)", "6"), ("candidate(-1)", "-2"))


def test_a_table_becomes_calls_that_say_their_values():
    tests = GO.asserts(PROMPT, TESTS)
    assert (tests.expected, tests.sources) == ((6, -2), ("candidate(3)", "candidate(-1)"))
    assert "kcoder__say(candidate(3))\n" in tests.text
    assert "6" not in tests.text


def test_tests_that_are_none_are_refused():
    with pytest.raises(UsageError, match="no such function"):
        GO.asserts("", "func main() {}")


# one of each type that the benchmarks' prompts return, and the literal it is compared with
RETURNED = {
    "int": ("7", "7"),
    "bool": ("true", "true"),
    "float64": ("0.1", "0.1"),
    "string": ('"a\\n\\"\\\\é"', '"a\\n\\"\\\\é"'),
    "[]int": ("nil", "[]int{}"),
    "[2]int": ("[2]int{1, -2}", "[]int{1, -2}"),
    "[]string": ('[]string{"a", ""}', '[]string{"a", ""}'),
    "[]float64": ("[]float64{3.0, 0.5}", "[]float64{3.0, 0.5}"),
    "interface{}": ("nil", "nil"),
    "[]interface{}": ('[]interface{}{"a", true, nil, 2}', '[]interface{}{"a", true, nil, 2}'),
    "[][]interface{}": ("[][]interface{}{{0, 1}}", "[][]int{[]interface{}{0, 1}}"),
    "map[string]int": ('map[string]int{"a": 1, "b": 2}', 'map[string]int{"b": 2, "a": 1}'),
    "map[rune]int": ("map[rune]int{'a': 1}", "map[rune]int{97: 1}"),
    "map[string]bool": ("nil", "map[string]bool{}"),
    "*int": ("new(int)", "0"),
    "uint8": ("255", "255"),
}


@runs
def test_every_type_that_prompts_return_goes_out_and_is_compared():
    code, rows = PROMPT.replace("{\n", "{ return n }\n"), []
    for number, (kind, (value, literal)) in enumerate(RETURNED.items()):
        code += f"func f{number}() {kind} {{ return {value} }}\n"
        rows.append((f"f{number}()", literal))
    tests = GO.asserts(code, table(*rows, ("candidate(1)", "1")))
    assert len(tests.expected) == len(RETURNED) + 1
    right = judge(code, tests)
    assert (right.verdict, right.detail) == (Verdict.PASSED, "")


@runs
@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("float64", "math.Inf(-1)", "-Infinity"),
        ("struct{ a int }", "struct{ a int }{1}", "<struct { a int } object>"),
        ("error", 'errors.New("x")', "<errors.errorString object>"),
        ("[]byte", '[]byte("ab")', "[97, 98]"),
        ("*big.Int", "new(big.Int).Lsh(big.NewInt(-1), 70)", "-1180591620717411303424"),
        ("(int, error)", "1, nil", "[1, null]"),
        ("func() int", "nil", "<func() int object>"),
    ],
)
def test_what_is_said_is_plain(kind, value, said):
    code = f'package main\nimport ("errors"; "math"; "math/big")\nfunc f(x int) {kind} {{ return {value} }}\n'
    code += "var _, _, _ = errors.New, math.Inf, big.NewInt\n"
    judgement = judge(code, GO.calls("f", [((1,), "right")]))
    assert judgement.detail == f'f(1) gave {said}, expected "right"'


TESTIFY = 'package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n'


def asserted(*lines):
    return GO.asserts("", "\n".join(["func TestF(t *testing.T) {", "\tassert := assert.New(t)", *lines, "}", ""]))


@runs
def test_what_testify_holds_for_unequal_is_unequal():
    tests = asserted("\tassert.Equal([]int{}, F(1))", "\tassert.Equal(nil, G())")
    empty = f"{TESTIFY}func F(n int) []int {{ return []int{{}} }}\nfunc G() interface{{}} {{ return nil }}\n"
    without = empty.replace("[]int{} }", "nil }")
    typed = empty.replace("return nil", "return []int(nil)")
    assert [each.verdict for each in judged((empty, tests), (without, tests), (typed, tests))] == [
        Verdict.PASSED,
        Verdict.WRONG_ANSWER,
        Verdict.WRONG_ANSWER,
    ]


@runs
def test_packages_of_humaneval_x_are_imported_where_they_are_used():
    imports = 'import (\n    "math"\n    "sort"\n)\n\n'
    code = f'{TESTIFY}{imports}func F(n int) string {{ return strings.Repeat("a", int(math.Abs(float64(n)))) }}\n'
    assert judge(code, asserted('\tassert.Equal("aa", F(-2))')).verdict == Verdict.PASSED
    unused = 'package main\nimport "sort"\nfunc F(n int) string { return "aa" }\n'
    judgement = judge(unused, GO.calls("F", [((1,), "aa")]))
    assert (judgement.verdict, judgement.detail) == (
        Verdict.BUILD_FAILED,
        'line 2: imported and not used: "sort"',
    )


CALLED = [
    (
        "package main\nfunc f(a int, b int64, c float64, s string, t bool) int { return a + int(b) + int(c) + len(s) }",
        ((1, 2, 3.5, 'ab\né"\\', True), 13),
    ),
    ("package main\nfunc f(a []int, b [2]int) []int { return append(a, b[0]) }", (([], [3, 4]), [3])),
    ("func f(a map[string][]int) map[string][]int { return a }", (({"a": [1], "b": []},), {"a": [1], "b": []})),
    (
        "package x_test\nfunc f(a interface{}) interface{} { return a }",
        (([1, [2.5, None, "x"], {"a": [7]}],), [1, [2.5, None, "x"], {"a": [7]}]),
    ),
    (
        "package main\nfunc f(a *int, m map[int]string) (bool, int) { return a == nil, len(m) }",
        ((None, {"1": "a"}), (True, 1)),
    ),
    ("package main\nfunc main() {}\nfunc f(a ...int) int { return 1 }\nfunc g() {}", ((1,), None)),
]


@runs
def test_json_arguments_become_what_the_parameters_are_declared_with():
    *right, variadic = judged(*((code, GO.calls("f", [call])) for code, call in CALLED))
    assert [(each.verdict, each.detail) for each in right] == [(Verdict.PASSED, "")] * len(right)
    assert variadic.verdict == Verdict.BUILD_FAILED


HOSTILE = {
    "os.Exit(0); return 0": (Verdict.INCOMPLETE, "ended after 0 of 2 calls"),
    "defer func() { recover(); os.Exit(0) }(); panic(1)": (Verdict.INCOMPLETE, "ended after 0 of 2 calls"),
    'fmt.Println("6"); os.Stdout.Close(); os.Stdout = nil; return 2 * n': (Verdict.PASSED, ""),
    "os.Stdout.Write([]byte{0xff}); return 2 * n": (Verdict.PASSED, ""),
    "go func() { for {} }(); return 2 * n": (Verdict.PASSED, ""),
    "\n\treturn []int{}[n]": (
        Verdict.RUNTIME_ERROR,
        "panic: runtime error: index out of range [3] with length 0 (line 12)",
    ),
    'panic("no")': (Verdict.RUNTIME_ERROR, "panic: no (line 11)"),
    "go panic(1); select {}": (Verdict.RUNTIME_ERROR, "panic: 1"),
    "select {}": (Verdict.RUNTIME_ERROR, "fatal error: all goroutines are asleep - deadlock!"),
    "return half(n)": (Verdict.BUILD_FAILED, "line 11: undefined: half"),
    "x := n; return 2 * n": (Verdict.BUILD_FAILED, "line 11: x declared but not used"),
}


@runs
def test_a_program_cannot_pass_but_by_its_values():
    prompt = PROMPT.replace('"fmt"', '"fmt"\n    "os"')
    tests = GO.asserts(prompt, TESTS)
    programs = [(f"{prompt}{body}\n}}\nvar _ = os.Exit\nfunc main() {{}}\n", tests) for body in HOSTILE]
    assert [(each.verdict, each.detail) for each in judged(*programs)] == list(HOSTILE.values())


@runs
def test_endless_recursion_is_no_lack_of_memory():
    judgement = judge(f"{PROMPT}\treturn twice(n + 1)\n}}\n", GO.asserts(PROMPT, TESTS))
    assert judgement.verdict == Verdict.RUNTIME_ERROR


@runs
def test_comparisons_in_loops_fail_by_themselves():
    tests = asserted("\tfor i := 0; i < 3; i++ {", "\t\tassert.Equal(i, F(i))", "\t}")
    assert tests.expected is None
    bodies = ("return i", "return i % 2", "os.Exit(0); return i")
    codes = [f'{TESTIFY}import "os"\nvar _ = os.Exit\nfunc F(i int) int {{ {body} }}\n' for body in bodies]
    right, wrong, left = judged(*((code, tests) for code in codes))
    assert (right.verdict, right.detail) == (Verdict.PASSED, "")
    assert (wrong.verdict, wrong.detail) == (Verdict.WRONG_ANSWER, "assertion failed: F(i) == i")
    assert left.verdict == Verdict.INCOMPLETE


@runs
def test_other_tests_are_run_by_the_testing_package():
    tests = GO.asserts("", 'func TestF(t *testing.T) {\n\tif F(1) != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n')
    code = 'package main\nimport "testing"\nfunc F(n int) int { return n + %d }\n'
    right, wrong = judged((code % 1, tests), (code % 2, tests))
    assert right.verdict == Verdict.PASSED
    assert (wrong.verdict, wrong.detail) == (Verdict.WRONG_ANSWER, "assertion failed: TestF")


@runs
def test_an_image_without_a_compiled_library_says_how_to_make_one(tmp_path):
    (tmp_path / "usr/lib/go/bin").mkdir(parents=True)
    (tmp_path / "usr/lib/go/bin/go").touch()
    (tmp_path / "usr/lib/go/pkg/tool/linux_amd64").mkdir(parents=True)
    (tmp_path / "usr/lib/go/pkg/tool/linux_amd64/compile").touch()
    (tmp_path / "usr/bin").mkdir()
    (tmp_path / "usr/bin/go").symlink_to("../lib/go/bin/go")
    assert _root("/usr/bin/go", str(tmp_path)) == "/usr/lib/go"
    with pytest.raises(MachineLacksError, match="without a compiled standard library") as raised:
        _toolchain("/usr/bin/go", str(tmp_path))
    assert "go install std" in raised.value.hint
    (tmp_path / "usr/lib/go/pkg/linux_amd64/math").mkdir(parents=True)
    for name in ("fmt.a", "math/big.a"):
        (tmp_path / "usr/lib/go/pkg/linux_amd64" / name).touch()
    _toolchain.cache_clear()
    tools, library = _toolchain("/usr/bin/go", str(tmp_path))
    assert tools == "/usr/lib/go/pkg/tool/linux_amd64"
    packages = "/usr/lib/go/pkg/linux_amd64"
    assert library == f"packagefile fmt={packages}/fmt.a\npackagefile math/big={packages}/math/big.a\n"
    _toolchain.cache_clear()


def rows(name):
    return [json.loads(line) for line in gzip.open(Path(DATA, name))]


@with_data
def test_every_test_of_multipl_e_is_read_as_values():
    problems = rows("multipl-e/humaneval-go.jsonl.gz")
    assert len(problems) == 154
    read = {each["name"]: GO.asserts(each["prompt"], each["tests"]) for each in problems}
    assert [name for name, tests in read.items() if not tests.expected or END in tests.expected] == []
    compared = [source for tests in read.values() for source in tests.sources if source.startswith("fmt.")]
    assert compared == []


@with_data
def test_most_tests_of_humaneval_x_are_read_as_values():
    problems = rows("humaneval-x/humaneval_go.jsonl.gz")
    read = {each["task_id"]: GO.asserts(each["prompt"], each["test"]) for each in problems}
    assert len(read) == 164
    assert {name for name, tests in read.items() if tests.expected is None} == {"Go/32", "Go/38", "Go/50"}


@runs
@with_data
def test_solutions_of_humaneval_x_pass():
    problems = rows("humaneval-x/humaneval_go.jsonl.gz")[2::16]
    programs = [
        (p["test_setup"] + p["prompt"] + p["canonical_solution"], GO.asserts(p["prompt"], p["test"])) for p in problems
    ]
    assert [each.verdict for each in judged(*programs)] == [Verdict.PASSED] * 11
