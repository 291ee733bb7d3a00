"""Java as kcoder runs it: values in and out, hostile programs, and what the benchmarks hold."""

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
from kcoder.language import END, Tests
from kcoder.languages.java import JAVA
from kcoder.plugin import load
from kcoder.records import Verdict

DATA = os.environ.get("KCODER_TEST_DATA")


def lacking():
    try:
        JAVA.version()
    except MachineLacksError as error:
        return error.message
    return ""


runs = pytest.mark.skipif(bool(lacking()), reason=lacking())
with_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA names no folder")


def judged(*programs):
    """The judgements of (code, tests), in order."""
    jobs = [Job(str(number), JAVA, code, "f", tests) for number, (code, tests) in enumerate(programs)]
    with load("executors", "sandbox")(timeout=5).open(Host(workers=2)) as execute:
        return sorted(execute(jobs), key=lambda judgement: int(judgement.id))


def judge(code, tests):
    return judged((code, tests))[0]


def test_its_programs_are_scored():
    score = load("scorers", JAVA.scorer)().score(
        "class A {\n    int f(int x) {\n        return x > 1 ? x : 1;\n    }\n}\n", "java"
    )
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in JAVA.generated_paths)

    assert generated("target/generated/A.java")
    assert not generated("src/A.java")


@runs
def test_the_conformance_kit_finds_nothing():
    findings = test_plugin("languages", "java", Host())
    assert len(findings) > 8
    assert [f for f in findings if not f.ok] == []


PROMPT = """import java.util.*;
import org.javatuples.*;
class Problem {
    // Return twice the sum.
    public static long twice(long a, long b) {
"""
TESTS = """    }
    public static void main(String[] args) {
    assert(twice((1l), (2l)) == (6l));
    assert(twice((-4l), (1l)) == (-6l)); // assert(twice((0l), (0l)) == (1l));
    }

}
"""


def test_assertions_of_multipl_e_become_calls_that_say_their_values():
    tests = JAVA.asserts(PROMPT, TESTS)
    assert tests.expected == (6, -6)
    assert tests.sources == ("twice((1l), (2l))", "twice((-4l), (1l))")
    assert "Kcoder__.say(twice((1l), (2l)));" in tests.text
    assert "6" not in tests.text


LISTED = """public class Main {
    public static void main(String[] args) {
        Solution s = new Solution();
        List<Boolean> correct = Arrays.asList(
                s.f(2) == 3,
                s.g(new int[]{1}).equals(Arrays.asList(1, 2)),
                Objects.equals(s.h('('), "x, y"),
                !s.i(List.of()),
                Math.abs(s.j(1) - 0.5) < 1e-4
        );
        if (correct.contains(false)) {
            throw new AssertionError();
        }
%s    }
}
"""
LOOP = "        for (int i = 0; i < 3; i++) { if (s.f(i) != i) { throw new AssertionError(); } }\n"


def test_conditions_of_humaneval_x_say_their_values():
    tests = JAVA.asserts("", LISTED % "")
    assert tests.expected == (3, [1, 2], "x, y", False, True)
    assert tests.sources == (
        "s.f(2)",
        "s.g(new int[]{1})",
        "s.h('(')",
        "s.i(List.of())",
        "Math.abs(s.j(1) - 0.5) < 1e-4",
    )
    assert "AssertionError" not in tests.text


def test_what_is_tried_in_loops_must_come_to_its_end():
    tests = JAVA.asserts("", LISTED % LOOP)
    assert tests.expected == (3, [1, 2], "x, y", False, True, END)
    assert "Kcoder__.end();\n}" in re.sub(r"\n +", "\n", tests.text)


def test_tests_without_a_main_are_refused():
    with pytest.raises(UsageError, match="no such function"):
        JAVA.asserts("", "class Main {}")


# one of each type that MultiPL-E's prompts return, and the literal it is compared with
RETURNED = {
    "long": ("7l", "(7l)"),
    "boolean": ("true", "(true)"),
    "float": ("0.1f", "(0.1f)"),
    "String": ('"a\\n\\u00e9\\"\\\\"', '("a\\n\\u00e9\\"\\\\")'),
    "ArrayList<Long>": (
        "new ArrayList<>(List.of(1L, -2L))",
        "(new ArrayList<Long>(Arrays.asList((long)1l, (long)-2l)))",
    ),
    "ArrayList<String>": ("new ArrayList<>()", "(new ArrayList<String>(Arrays.asList()))"),
    "ArrayList<Float>": ("new ArrayList<>(List.of(2.2f))", "(new ArrayList<Float>(Arrays.asList((float)2.2f)))"),
    "ArrayList<Pair<Long, Long>>": (
        "new ArrayList<>(List.of(Pair.with(0l, 1l)))",
        "(new ArrayList<Pair<Long, Long>>(Arrays.asList((Pair<Long, Long>)Pair.with(0l, 1l))))",
    ),
    "Optional<Long>": ("Optional.of(3L)", "Optional.of(3l)"),
    "Optional<String>": ("Optional.empty()", "Optional.empty()"),
    "HashMap<String,Long>": (
        'new HashMap<>(Map.of("a", 1L, "b", 2L))',
        '(new HashMap<String,Long>(Map.of("b", 2l, "a", 1l)))',
    ),
    "Pair<String, Boolean>": ('Pair.with("a", false)', '(Pair.with("a", false))'),
    "Pair<Float, Float>": ("Pair.with(2.0f, 2.2f)", "(Pair.with(2.0f, 2.2f))"),
    "Pair<Optional<Long>, Optional<Long>>": (
        "Pair.with(Optional.of(-1L), Optional.empty())",
        "Pair.with(Optional.of(-1l), Optional.empty())",
    ),
}


@runs
def test_every_type_that_multipl_e_returns_goes_out_and_is_compared():
    code, tests = (
        "import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n",
        "    public static void main(String[] args) {\n",
    )
    for number, (kind, (value, literal)) in enumerate(RETURNED.items()):
        code += f"    static {kind} f{number}() {{ return {value}; }}\n"
        compared = f" == {literal}" if kind in ("long", "boolean", "float") else f".equals({literal})"
        tests += f"    assert(f{number}(){compared});\n"
    read = JAVA.asserts(code, f"{tests}    }}\n}}\n")
    assert len(read.expected) == len(RETURNED)
    right = judge(code, read)
    assert (right.verdict, right.detail) == (Verdict.PASSED, "")


@runs
@pytest.mark.parametrize(
    ("type_", "value", "literal", "verdict"),
    [
        ("Optional<Long>", "Optional.of(3L)", "Optional.of(4l)", Verdict.WRONG_ANSWER),
        ("Long", "3L", "Optional.of(3l)", Verdict.WRONG_ANSWER),
        # HumanEval/136 of MultiPL-E: no Pair equals it
        ("Pair<Optional<Long>, Long>", "Pair.with(Optional.of(1L), 2L)", "Optional.of(Pair.with(1l, 2l))",
         Verdict.WRONG_ANSWER),
        ("Optional<Long>", "Optional.empty()", "Optional.of(Optional.empty())", Verdict.WRONG_ANSWER),
        ("Optional<List<Long>>", "Optional.of(List.of(3L))", "Optional.of(Arrays.asList(3l))", Verdict.PASSED),
    ],
)  # fmt: skip
def test_an_optional_is_not_what_it_holds(type_, value, literal, verdict):
    code = "import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n"
    code += f"    static {type_} f() {{ return {value}; }}\n"
    tests = f"    public static void main(String[] args) {{\n    assert(f().equals({literal}));\n    }}\n}}\n"
    assert judge(code, JAVA.asserts(code, tests)).verdict == verdict


@runs
def test_where_json_names_what_is_expected_an_optional_is_what_it_holds():
    code = "import java.util.*; class P { static List<Optional<Long>> f(long n) "
    code += "{ return List.of(Optional.of(n), Optional.empty()); } }"
    assert judge(code, JAVA.calls("f", [((3,), [3, None])])).verdict == Verdict.PASSED


@runs
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("new int[][] {{1}, {}}", "[[1], []]"),
        ("'x'", '"x"'),
        ("Double.NaN", "NaN"),
        ('new java.math.BigInteger("123456789012345678901234567890")', "123456789012345678901234567890"),
        ("Set.of(1)", "{1}"),
        ("new Object() { public boolean equals(Object o) { return true; } }", "<Problem$1 object>"),
        ("new ArrayList<Long>() { public boolean equals(Object o) { return true; } }", "[]"),
    ],
)
def test_what_is_said_is_plain_whatever_it_says_of_itself(value, said):
    code = f"import java.util.*;\nclass Problem {{ static Object f(Object x) {{ return {value}; }} }}"
    judgement = judge(code, JAVA.calls("f", [((1,), "right")]))
    assert judgement.detail == f'f(1) gave {said}, expected "right"'


CALLED = [
    (
        "class S { long f(int a, long b, double c, String s, boolean t) { return a + b + (long) c + s.length(); } }",
        ((1, 2, 3.5, 'ab\né"\\', True), 12),
    ),
    (
        "import java.util.*; class P { static List<Long> f(List<Long> a, int[] b) { a.add(0L + b[1]); return a; } }",
        (([], [3, 4]), [4]),
    ),
    (
        "import java.util.*; class P { static Map<String, List<Long>> f(Map<String, List<Long>> a) { return a; } }",
        (({"a": [1], "b": []},), {"a": [1], "b": []}),
    ),
    (
        "class P { static Object f(Object a) { return a; } }",
        (([1, [2.5, None, "x"], {"a": []}],), [1, [2.5, None, "x"], {"a": []}]),
    ),
    (
        "import java.util.*; class P { static int f(int[][] a, char c, Integer i, Set<Integer> s, Optional<Integer> o) "
        "{ return a[0][0] + c + (i == null ? 1 : i) + s.size() + o.orElse(7); } }",
        (([[5]], "a", None, [1, 1, 2], None), 5 + 97 + 1 + 2 + 7),
    ),
    (
        "import org.javatuples.*; class P { static Pair<Long, String> f(Pair<Long, String> p) { return p; } }",
        (([1, "a"],), (1, "a")),
    ),
    (
        "package a.b;\npublic class Solution { private String f(String s) {\n return s; }",
        (("x" * 70_000,), "x" * 70_000),
    ),
]


@runs
def test_json_arguments_become_what_the_parameters_are_declared_with():
    judgements = judged(*((code, JAVA.calls("f", [call])) for code, call in CALLED))
    assert [(each.verdict, each.detail) for each in judgements] == [(Verdict.PASSED, "")] * len(CALLED)


def completed(body):
    return PROMPT + body, JAVA.asserts(PROMPT, TESTS)


HOSTILE = {
    "System.exit(0); return 0;": (Verdict.INCOMPLETE, "ended after 0 of 2 calls"),
    "Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0))); return a - b;": (
        Verdict.WRONG_ANSWER,
        "twice((1l), (2l)) gave -1, expected 6",
    ),
    # the tests land in another class, and the empty main of the first one is run
    "return a; }\n static void main(String[] a) { } }\nclass Other { static long twice(long a, long b) { return 0;": (
        Verdict.INCOMPLETE,
        "ended after 0 of 2 calls",
    ),
    "System.out.close(); return 2 * (a + b);": (Verdict.PASSED, ""),
    "System.setOut(null); System.setErr(null); return 2 * (a + b);": (Verdict.PASSED, ""),
    "System.out.write(0xff); System.out.println(6); return 2 * (a + b);": (Verdict.PASSED, ""),
    "new Thread(() -> { while (true); }).start(); return 2 * (a + b);": (Verdict.PASSED, ""),
    "\n\n        return a / (b - 2);": (Verdict.RUNTIME_ERROR, "java.lang.ArithmeticException: / by zero (line 8)"),
    "assert a > 5; return 2 * (a + b);": (Verdict.RUNTIME_ERROR, "java.lang.AssertionError (line 6)"),
    "return twice(a, b);": (Verdict.RUNTIME_ERROR, "java.lang.StackOverflowError (line 6)"),
    "throw new OutOfMemoryError();": (Verdict.OUT_OF_MEMORY, "java.lang.OutOfMemoryError (line 6)"),
    "\n        return half(a);": (Verdict.BUILD_FAILED, "line 7: cannot find symbol: method half(long)"),
    "return 2 * (a + b)": (Verdict.BUILD_FAILED, "line 6: ';' expected"),
}


@runs
def test_a_program_cannot_pass_but_by_its_values():
    judgements = judged(*map(completed, HOSTILE))
    assert [(each.verdict, each.detail) for each in judgements] == list(HOSTILE.values())


@runs
def test_conditions_in_loops_fail_by_themselves():
    code = "import java.util.*;\nclass Solution {\n    int f(int i) { %s; }\n}\n"
    head = "public class Main {\n    public static void main(String[] args) {\n        Solution s = new Solution();\n"
    tests = JAVA.asserts("", f"{head}{LOOP}    }}\n}}\n")
    assert tests.expected is None
    bodies = ("return i", "return i % 2", "System.exit(0); return i")
    right, wrong, left = judged(*((code % body, tests) for body in bodies))
    assert right.verdict == Verdict.PASSED
    assert (wrong.verdict, wrong.detail) == (Verdict.WRONG_ANSWER, "assertion failed (line 9)")
    assert left.verdict == Verdict.INCOMPLETE


def test_without_javatuples_a_program_that_imports_it_is_not_judged(monkeypatch):
    monkeypatch.setattr("kcoder.languages.java.TUPLES", ("nowhere/javatuples.jar",))
    with pytest.raises(MachineLacksError, match="javatuples") as raised:
        JAVA._tuples("import org.javatuples.*;")
    assert "libjavatuples-java" in raised.value.hint


@runs
@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("public final class A { }", "A.java"),
        ("// public class B\nclass A { }", "Program.java"),
        ("class A { public static class C { } }", "Program.java"),
    ],
)
def test_a_file_is_named_as_its_public_class(code, file):
    assert file in JAVA.program(code, Tests("class Main { }"), "_m").files


def rows(name):
    return [json.loads(line) for line in gzip.open(Path(DATA, name))]


@with_data
def test_every_test_of_multipl_e_is_read_as_values():
    problems = rows("multipl-e/humaneval-java.jsonl.gz")
    assert len(problems) == 158
    read = {each["name"]: JAVA.asserts(each["prompt"], each["tests"]) for each in problems}
    assert [name for name, tests in read.items() if not tests.expected or END in tests.expected] == []
    assert sum(len(tests.expected) for tests in read.values()) == sum(
        each["tests"].count("assert(") for each in problems
    )


@with_data
def test_most_tests_of_humaneval_x_are_read_as_values():
    problems = rows("humaneval-x/humaneval_java.jsonl.gz")
    read = {each["task_id"]: JAVA.asserts(each["prompt"], each["test"]) for each in problems}
    assert len(read) == 164
    assert {name for name, tests in read.items() if tests.expected is None} == {"Java/32", "Java/38", "Java/50"}


@runs
@with_data
def test_solutions_of_humaneval_x_pass():
    problems = rows("humaneval-x/humaneval_java.jsonl.gz")[2::21]
    programs = [(p["prompt"] + p["canonical_solution"], JAVA.asserts(p["prompt"], p["test"])) for p in problems]
    assert [each.verdict for each in judged(*programs)] == [Verdict.PASSED] * 8
