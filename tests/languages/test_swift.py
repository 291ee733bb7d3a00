"""Swift as kcoder builds, runs, cuts and reads it."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin as conformance
from kcoder.errors import KcoderError, UsageError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox, level
from kcoder.expressions.braces import blanked
from kcoder.host import Host
from kcoder.language import END, Tests
from kcoder.languages.swift import SILENT, SWIFT
from kcoder.plugin import load
from kcoder.records import Verdict

PROGRAM = "func f(_ x: Int) -> Int {\n    return x > 1 ? x : 1\n}\n"
DATA = os.environ.get("KCODER_TEST_DATA")
HEAD = "/// Returns twice the sum.\nfunc twice(a: Int, b: Int) -> Int {\n"
PREAMBLE = "func ==(left: [(Int, Int)], right: [(Int, Int)]) -> Bool {\n    left.count == right.count\n}\n"
TESTS = f"}}\n\n{PREAMBLE}\nassert(twice(a: 1, b: 2) == 6)\nassert(twice(a: 0, b: 0) == 0)\n"
#: the same in a loop: a program that compares by itself
LOOP = f"}}\n\n{PREAMBLE}\nfor n in 0..<3 {{\n    assert(twice(a: n, b: 1) == 2 * n + 2)\n}}\n"


def lacks():
    try:
        SWIFT.version()
        held = level("auto")
    except KcoderError as error:
        return error.message
    return "an image needs namespaces" if SWIFT.image() and held != "namespaces" else ""


LACKS = lacks()
needs_swift = pytest.mark.skipif(bool(LACKS), reason=f"Swift cannot be run here: {LACKS}")
needs_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")


def judged(*programs, timeout=5):
    """The judgements on programs, (code, tests) each, in order."""
    with Sandbox(timeout=timeout, memory=256).open(Host(workers=2)) as execute:
        jobs = [Job(str(n), SWIFT, code, "", tests) for n, (code, tests) in enumerate(programs)]
        found = {judgement.id: judgement for judgement in execute(jobs)}
    return [found[str(n)] for n in range(len(programs))]


def judge(code, tests):
    return judged((code, tests))[0]


def test_its_programs_are_read_and_scored():
    score = load("scorers", SWIFT.scorer)().score(PROGRAM, "swift")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_a_path_tells_that_a_program_wrote_the_file():
    def generated(path):
        return any(re.search(pattern, path) for pattern in SWIFT.generated_paths)

    assert generated("a/B.pb.swift")
    assert not generated("a/B.swift")


@needs_swift
def test_the_conformance_kit_finds_nothing():
    assert [finding for finding in conformance("languages", "swift", Host()) if not finding.ok] == []


ENUMS = """import Foundation
enum E: Equatable { case one(Int), pair(Int, String), bare, text(String) }
indirect enum Tree { case leaf, node(Tree, Int) }
struct S: CustomStringConvertible, CustomDebugStringConvertible {
    var description: String { "2" }
    var debugDescription: String { "2" }
}
"""
# every kind of value that a function may return, with what the judge must hear
VALUES = [
    ("-3", -3),
    ("Int.min", -(1 << 63)),
    ("UInt64.max", (1 << 64) - 1),
    ("UInt8(255)", 255),
    ("0.1", 0.1),
    ("1.0", 1),
    ("1e300", 1e300),
    ("5e-324", 5e-324),
    ("Float(0.1)", 0.1),
    ("true", True),
    (r'"a\"b\\c\n\u{1}é🦀"', 'a"b\\c\n\x01é🦀'),
    ('"ab".prefix(1)', "a"),
    ('Character("é")', "é"),
    ("[1, 2]", [1, 2]),
    ("[Int]()", []),
    ("[[1], []] as [[Int]]", [[1], []]),
    ("[1, 2, 3][1...]", [2, 3]),
    ("[nil, 1] as [Int?]", [None, 1]),
    ("[true, false]", [True, False]),
    ("[(1, 2)]", [(1, 2)]),
    ('(1, "a", 2.5)', (1, "a", 2.5)),
    ("(name: 1, other: [2])", (1, [2])),
    ("(nil, 3) as (Int?, Int?)", (None, 3)),
    ("()", None),
    ("Optional<Int>.none", None),
    ('Optional("a")', "a"),
    ('["a": 1]', {"a": 1}),
    ('[1: ["x"]]', {1: ["x"]}),
    ("[String: Int]()", {}),
    ("Set([1, 2])", {1, 2}),
    ("E.one(1)", {"one": 1}),
    ('E.pair(1, "a")', {"pair": (1, "a")}),
    ("E.bare", {"bare": None}),
    ('Optional(E.text("x"))', {"text": "x"}),
    ("Tree.node(.leaf, 3)", {"node": ({"leaf": None}, 3)}),
    ("Result<[String], Never>.success([])", {"success": []}),
]


@needs_swift
def test_every_kind_of_value_comes_over():
    text = "".join(f"_kcoder_.say({value})\n" for value, _ in VALUES)
    tests = Tests(text, tuple(right for _, right in VALUES), tuple(value for value, _ in VALUES))
    assert judge(ENUMS, tests).detail == ""


@needs_swift
def test_what_a_type_says_of_itself_counts_for_nothing():
    always = "extension S: ExpressibleByIntegerLiteral { init(integerLiteral: Int) {} }\n"
    always += "func == (a: S, b: Int) -> Bool { true }\nfunc twice(a: Int, b: Int) -> S { S()"
    found = judge(ENUMS + always, SWIFT.asserts("", TESTS))
    assert found.detail == "twice(a: 1, b: 2) gave <main.S object>, expected 6"
    assert (
        judge("func f(n: Int) -> Double { .nan }", SWIFT.calls("f", (((1,), float("nan")),))).verdict == "wrong answer"
    )


ARGUMENTS = [
    ("Int", -1),
    ("UInt8", 255),
    ("Double", 3),
    ("Int", 3.0),
    ("Float", 0.5),
    ("Bool", False),
    ("String", 'a"\n\\(1)_kcoder_'),
    ("Character", "é"),
    ("[[Int]]", [[1], []]),
    ("Int?", None),
    ("[Int?]", [1, None]),
    ("[String: [Int]]", {"a": [1]}),
    ("[Int: Bool]", {"1": True}),
    ("Set<Int>", [1]),
]


@needs_swift
def test_an_argument_becomes_what_the_parameter_is():
    parameters = ", ".join(f"a{n}: {kind}" for n, (kind, _) in enumerate(ARGUMENTS))
    code = f"func f({parameters}) throws -> [Any] {{ [{', '.join(f'a{n} as Any' for n in range(len(ARGUMENTS)))}] }}"
    right = [{1: True} if kind == "[Int: Bool]" else {1} if kind == "Set<Int>" else value for kind, value in ARGUMENTS]
    assert judge(code, SWIFT.calls("f", ((tuple(value for _, value in ARGUMENTS), right),))).detail == ""


@needs_swift
def test_an_argument_that_a_parameter_cannot_be_ends_the_call():
    found = judge("func f(n: UInt8) -> UInt8 { n }", SWIFT.calls("f", (((-1,), 1),)))
    assert found.verdict == Verdict.RUNTIME_ERROR


def test_an_argument_that_no_program_can_hold_is_refused():
    with pytest.raises(UsageError, match="Swift"):
        SWIFT.calls("f", (((1 << 63,), 1),))


@pytest.mark.parametrize(
    ("assertion", "call", "value"),
    [
        ("assert(f(x: 1) == 2)", "f(x: 1)", 2),
        ('assert(f(x: "a == b,") == ["a)": nil], "why")', 'f(x: "a == b,")', {"a)": None}),
        ("precondition(f(x: 1) == (1, -2.5))", "f(x: 1)", (1, -2.5)),
        ("assert(f(x: [] as [Int]) == [] as [Int])", "f(x: [] as [Int])", []),
        ("assert(f(x: [:] as [String : Int]) == [:] as [String : Int])", "f(x: [:] as [String : Int])", {}),
        ('assert(f(x: 1) == .success("x"))', "f(x: 1)", {"success": "x"}),
        ("assert(f(x: Value.intValue(1)) == .intValue(-2))", "f(x: Value.intValue(1))", {"intValue": -2}),
        ("assert(f(x: 1) == .bare)", "f(x: 1)", {"bare": None}),
        ("assert(f(x: 1) == nil)", "f(x: 1)", None),
        ("assert(f(x: 1))", "f(x: 1)", True),
        ("assert(f(x: 1) == 2 * 3)", "f(x: 1) == 2 * 3", True),
        ("assert(abs(f(x: 1) - 2) < 1e-6) // assert(f(x: 2) == 3)", "abs(f(x: 1) - 2) < 1e-6", True),
    ],
)
def test_an_assertion_becomes_a_call_and_its_value(assertion, call, value):
    tests = SWIFT.asserts(HEAD, f"}}\n{PREAMBLE}{assertion}\n")
    assert (tests.sources, tests.expected) == ((call,), (value,))
    assert f"_kcoder_.say({call})" in tests.text
    assert PREAMBLE in tests.text


def test_what_is_compared_in_loops_is_compared_there():
    tests = SWIFT.asserts(HEAD, LOOP)
    assert tests.expected is None
    assert "_kcoder_.check(twice(a: n, b: 1) == 2 * n + 2, " in tests.text
    assert tests.text.endswith(f'_kcoder_.say("{END}")\n')
    assert SWIFT.asserts(HEAD, f"{TESTS}{LOOP[1:]}").expected == (6, 0, END)


def test_what_is_no_test_program_is_refused():
    with pytest.raises(UsageError, match="cannot be read"):
        SWIFT.asserts("", "assert(f(x: 1 == 2")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (r'"{\(["}"].map { "{\($0)" }.joined(separator: "("))" x', "x"),
        ('"""\n{"\n""" x', "x"),
        ('#"{"{"# + ##"{"#{"##', "+"),
        ("/* { */ x // {", "x"),
        (r'"\"{" x "\\" { ', "x {"),
    ],
)
def test_comments_and_strings_are_silent(text, seen):
    assert " ".join(blanked(text, SILENT).split()) == seen


# (code after HEAD, verdict): each ends in front of the tests' brace
CHEATS = [
    ("    exit(0)\n}\nimport Glibc\nfunc unused() {\n", Verdict.INCOMPLETE),
    ("    0\n}\nfunc assert(_ holds: Bool) {}\nfunc unused() {\n", Verdict.WRONG_ANSWER),
    ('    print("\\n6\\n\\"end\\""); fatalError()\n', Verdict.RUNTIME_ERROR),
    ("    _kcoder_.say(6); return 6\n", Verdict.BUILD_FAILED),
    ("    return a + Int.max + b\n", Verdict.RUNTIME_ERROR),
    ("    return [Int]()[a]\n", Verdict.RUNTIME_ERROR),
    ("    return twice(a: a, b: b) + 1\n", Verdict.RUNTIME_ERROR),
    (
        "    var all = [[Int]](); while true { all.append([Int](repeating: a, count: 100_000)) }\n",
        Verdict.OUT_OF_MEMORY,
    ),
    ('    while true { print(String(repeating: "x", count: 1000)) }\n', Verdict.OUTPUT_FLOOD),
    ("    return 2 * (a + c)\n", Verdict.BUILD_FAILED),
    ("    return 2 * (a + b\n", Verdict.BUILD_FAILED),
    ('    return "text"\n', Verdict.BUILD_FAILED),
]


@needs_swift
@pytest.mark.parametrize("tests", [TESTS, LOOP], ids=["values", "compares by itself"])
def test_what_is_wrong_does_not_pass(tests):
    found = judged(*((HEAD + code, SWIFT.asserts(HEAD, tests)) for code, _ in CHEATS))
    assert [j.verdict for j in found] == [right for _, right in CHEATS]


# right programs in every manner; with and without the brace that the tests bring
RIGHT = [
    "    return 2 * (a + b)\n",
    "    return 2 * (a + b)\n}",
    "    return 2 * (a + b)\r\n}\r\n",
    "    2 * (a + b)\n} // twice }",
    "    more(a, b)\n}\n\nfunc more(_ a: Int, _ b: Int) -> Int {\n    2 * (a + b)\n}\n",
    "    2 * (a + b)\n}\n\nprint(twice(a: 1, b: 2))\nlet result = twice(a: 1, b: 2)\n",
    '    print("no newline", terminator: ""); return 2 * (a + b)\n',
    '    print(String(repeating: "progress ", count: 10000)); return 2 * (a + b)\n',
    "    _ = readLine(); return 2 * (a + b)\n",
    "    return Int((2.0 * Double(a + b)).rounded())\n",
    "    let p = malloc(8)!; free(p); var c: UInt8 = 65; write(1, &c, 1); return 2 * (a + b)\n}\nimport Glibc\n",
    '    return Int(String(format: "%d", 2 * (a + b)))!\n}\nimport Foundation\n',
    '    let open = ["{", "\\([a].map { "{\\($0)" })"]; return 2 * (a + b) + open.count - 2\n',
    "    2 * (a + b)\n}\nstruct Set {}\nclass Mirror {}\nextension String { var length: Int { 3 } }\n",
    '    return "a1".contains(try! Regex("[0-9]")) ? 2 * (a + b) : 0\n',
]


@needs_swift
@pytest.mark.parametrize("tests", [TESTS, LOOP], ids=["values", "compares by itself"])
def test_what_is_right_passes_however_it_is_written(tests):
    found = judged(*((HEAD + code, SWIFT.asserts(HEAD, tests)) for code in RIGHT))
    assert [(n, j.verdict, j.detail) for n, j in enumerate(found) if j.verdict != Verdict.PASSED] == []


@needs_swift
def test_the_compilers_first_fault_is_told_with_the_candidates_own_line():
    found = judge("// error: none\nfunc f(n: Int) -> Int {\n    n + missing\n}\n", SWIFT.calls("f", (((1,), 2),)))
    assert found.verdict == Verdict.BUILD_FAILED
    assert found.detail == "main.swift:3:9: error: cannot find 'missing' in scope"


@needs_swift
def test_without_the_parts_that_link_the_driver_is_called(monkeypatch):
    monkeypatch.setattr("kcoder.languages.swift._linked", lambda needed, imports: None)
    program = SWIFT.program("", SWIFT.calls("f", ()), "_m")
    assert [Path(command[0]).name for command in program.commands] == ["swiftc", "program"]
    found = judge("func f(n: Double) -> Double { n.rounded() }", SWIFT.calls("f", (((1.5,), 2),)))
    assert found.verdict == Verdict.PASSED


@needs_swift
def test_the_driver_is_compiled_once_and_knows_no_programs_mark():
    first, second = (SWIFT.program("func f() {}", SWIFT.calls("f", ()), mark) for mark in ("_m", "_n"))
    assert first.prepared
    assert first.prepared == second.prepared
    assert not any('"_m"' in text for text in first.prepared.files.values())


@pytest.mark.parametrize(("prompt", "completion", "right"), SWIFT.solutions)
def test_completions_are_cut_where_the_function_ends(prompt, completion, right):
    assert SWIFT.cut(prompt, completion) == right


@pytest.mark.parametrize(
    ("status", "stderr", "right"),
    [
        (-4, "Could not allocate memory\n", Verdict.OUT_OF_MEMORY),
        (-4, "main/main.swift:3: Fatal error: Index out of range\n", Verdict.RUNTIME_ERROR),
        (1, "\nfailed assertion: f(n: 1)\n", Verdict.WRONG_ANSWER),
        (0, "", Verdict.INCOMPLETE),
    ],
)
def test_last_words_become_verdicts(status, stderr, right):
    assert SWIFT.verdict(status, stderr) == right


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("main/main.swift:3: Fatal error: Index out of range", "line 3: Fatal error: Index out of range"),
        ("Swift/ClosedRange.swift:347: Fatal error: Range is upside down", "Fatal error: Range is upside down"),
    ],
)
def test_a_fatal_error_is_told_and_not_the_trace_after_it(first, told):
    trace = "Current stack trace:\n0    libswiftCore.so    0x00007f34174ea5e0 _assertionFailure + 109\n"
    assert SWIFT.last_words(f"noise\n{first}\n{trace}") == told
    assert SWIFT.last_words("noise\nsaid by the program\n") == "said by the program"


@needs_data
def test_the_published_test_programs_are_read():
    with gzip.open(Path(DATA) / "multipl-e" / "humaneval-swift.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    assert len(rows) == 159
    for row in rows:
        tests = SWIFT.asserts(row["prompt"], row["tests"])
        assert len(tests.expected) == row["tests"].count("assert("), row["name"]
        assert not [call for call in tests.sources if " == " in call], row["name"]


@needs_data
@needs_swift
def test_hostile_programs_are_judged_as_they_must_be():
    rows = [json.loads(line) for line in (Path(DATA) / "adversarial" / "swift.jsonl").read_text().splitlines()]
    found = judged(*((row["prompt"] + row["completion"], SWIFT.asserts(row["prompt"], row["tests"])) for row in rows))
    right = {"exit": Verdict.INCOMPLETE, "timeout": Verdict.TIMED_OUT, "pass": Verdict.PASSED}
    assert len(rows) == 4
    for row, judgement in zip(rows, found, strict=True):
        assert judgement.verdict == right.get(row["expected_class"], judgement.verdict) != Verdict.HARNESS_ERROR
