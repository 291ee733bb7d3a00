"""Rust as kcoder builds, runs, cuts and reads it."""

import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from kcoder.conformance import test_plugin as conformance
from kcoder.errors import MachineLacksError, UsageError
from kcoder.executor import Job
from kcoder.executors.sandbox import Sandbox
from kcoder.host import Host
from kcoder.language import END, Tests
from kcoder.languages.rust import RUST, Rust
from kcoder.plugin import load
from kcoder.records import Verdict

PROGRAM = "fn f(x: i32) -> i32 {\n    if x > 1 { x } else { 1 }\n}\n"
DATA = os.environ.get("KCODER_TEST_DATA")
HEAD = "/// Returns twice the sum.\nfn twice(a: isize, b: isize) -> isize {\n"
TESTS = (
    "}\n\nfn main() {\n    let candidate = twice;\n"
    "    assert_eq!(candidate(1, 2), 6);\n    assert_eq!(candidate(0, 0), 0);\n}\n"
)
#: the same in a loop: a program that compares by itself
LOOP = "}\n\nfn main() {\n    for n in 0..3 {\n        assert_eq!(twice(n, 1), 2 * n + 2);\n    }\n}\n"


def lacks():
    try:
        RUST.version()
        with Sandbox().open(Host()):
            return ""
    except MachineLacksError as error:
        return error.message


LACKS = lacks()
needs_rust = pytest.mark.skipif(bool(LACKS), reason=f"Rust cannot be run here: {LACKS}")
needs_data = pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")


def judged(*programs, timeout=5):
    """The judgements on programs, (code, tests) each, in order."""
    with Sandbox(timeout=timeout, memory=512).open(Host(workers=2)) as execute:
        jobs = [Job(str(n), RUST, code, "", tests) for n, (code, tests) in enumerate(programs)]
        found = {judgement.id: judgement for judgement in execute(jobs)}
    return [found[str(n)] for n in range(len(programs))]


def judge(code, tests):
    return judged((code, tests))[0]


def test_its_programs_are_read_and_scored():
    score = load("scorers", RUST.scorer)().score(PROGRAM, "rust")
    assert score["cyclomatic"] == 2
    assert score["functions"] == 1


def test_the_content_decides_where_others_use_the_ending():
    shown = RUST.content[".rs"]
    assert re.search(shown, "use std::io;\n")
    assert not re.search(shown, "<?xml version='1.0'?>\n")


@needs_rust
def test_the_conformance_kit_finds_nothing():
    assert [finding for finding in conformance("languages", "rust", Host()) if not finding.ok] == []


@needs_rust
def test_the_compiler_itself_is_called_and_can_be_seen():
    [sysroot] = RUST.paths()
    [build, run] = RUST.program(PROGRAM, RUST.calls("f", (((1,), 1),)), "_m").commands
    assert build[0] == f"{sysroot}/bin/rustc"
    assert run == ("./program",)


# every kind of value that a function may return, with what the judge must hear
VALUES = [
    ("-128i8", -128),
    ("u128::MAX", (1 << 128) - 1),
    ("i128::MIN", -(1 << 127)),
    ("usize::MAX", (1 << 64) - 1),
    ("0.1f64", 0.1),
    ("0.1f32", 0.1),
    ("1.0 / 3.0 as f32", 0.33333334),
    ("1e300", 1e300),
    ("5e-324", 5e-324),
    ("2.0", 2),
    ("-0.0", 0),
    ("true", True),
    ("'é'", "é"),
    ("'\"'", '"'),
    (r'"a\"b\\c\n\u{1}\u{7f}é🦀"', 'a"b\\c\n\x01\x7fé🦀'),
    ('String::from("a")', "a"),
    ("vec![1, 2]", [1, 2]),
    ("Vec::<i32>::new()", []),
    ("&[1, 2][..1]", [1]),
    ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
    ('vec![("a", 1)]', [("a", 1)]),
    ("(1, 2.5, 'c')", (1, 2.5, "c")),
    ("(1, 2, 3, 4, 5, [6])", (1, 2, 3, 4, 5, [6])),
    ("(1,)", (1,)),
    ("()", None),
    ("Some(3)", 3),
    ("None::<i32>", None),
    ("(Some(1), None::<String>)", (1, None)),
    ("Ok::<_, String>(vec![1])", {"Ok": [1]}),
    ('Err::<i32, _>("bad")', {"Err": "bad"}),
    ('HashMap::from([("a".to_string(), 1)])', {"a": 1}),
    ("HashMap::from([('c', vec![1])])", {"c": [1]}),
    ("BTreeMap::from([(1, 2), (3, 4)])", {1: 2, 3: 4}),
    ("HashMap::<i32, i32>::new()", {}),
    ("HashSet::from([1, 2])", {1, 2}),
    ('BTreeSet::from(["a"])', {"a"}),
    ("VecDeque::from([1, 2])", [1, 2]),
    ("Box::new(5)", 5),
    ("Rc::new(vec![1])", [1]),
    ("&mut 7", 7),
    ('Cow::Borrowed("a")', "a"),
    ("Box::new([1, 2]) as Box<[i32]>", [1, 2]),
]
USES = "use std::{borrow::Cow, collections::*, rc::Rc};\n"


@needs_rust
def test_every_kind_of_value_comes_over():
    calls = "".join(f"    crate::_kcoder_::say!({value});\n" for value, _ in VALUES)
    tests = Tests(
        f"pub fn _kcoder__tests() {{\n{calls}}}\n",
        tuple(right for _, right in VALUES),
        tuple(value for value, _ in VALUES),
    )
    assert judge(USES, tests).detail == ""


@needs_rust
def test_numbers_that_are_none_and_types_without_a_value_equal_nothing():
    code = "struct A;\nimpl PartialEq<isize> for A {\n    fn eq(&self, _: &isize) -> bool { true }\n}\n"
    always, not_a_number = judged(
        (code + "fn twice(_: isize, _: isize) -> A { A", RUST.asserts("", TESTS)),
        ("fn f(_: i32) -> f64 { f64::NAN }", RUST.calls("f", (((1,), float("nan")),))),
    )
    assert always.detail == "candidate(1, 2) gave <program::A object>, expected 6"
    assert not_a_number.verdict == Verdict.WRONG_ANSWER


ARGUMENTS = (
    ("i8", -1),
    ("u64", 1 << 63),
    ("f32", 0.5),
    ("f64", 3),
    ("i32", 3.0),
    ("bool", False),
    ("char", "é"),
    ("&str", 'a"\n_kcoder_'),
    ("String", ""),
    ("Vec<&str>", ["a", "b"]),
    ("&[i32]", [1, 2]),
    ("&Vec<String>", []),
    ("&mut Vec<Vec<i32>>", [[1], []]),
    ("&mut [u8]", [255]),
    ("[i64; 2]", [1, 2]),
    ("Option<i32>", None),
    ("Option<Vec<i32>>", [1]),
    ("(i32, String)", [1, "a"]),
    ("Vec<(i32, f64)>", [[1, 2.5]]),
    ("HashMap<String, i32>", {"a": 1}),
    ("BTreeMap<i32, Vec<i32>>", {"1": [2]}),
    ("&HashMap<char, bool>", {"a": True}),
    ("HashSet<i32>", [1]),
    ("Box<i32>", 1),
)


@needs_rust
def test_an_argument_becomes_what_the_parameter_is():
    programs = []
    for kind, value in ARGUMENTS:
        code = f"{USES}fn f(a: {kind}) -> {kind.replace('mut ', '')} {{ a }}"
        right = {1: [2]} if kind.startswith("BTreeMap") else {1} if kind.startswith("HashSet") else value
        programs.append((code, RUST.calls("f", (((value,), right),))))
    found = judged(*programs)
    assert [
        (kind, j.detail) for (kind, _), j in zip(ARGUMENTS, found, strict=True) if j.verdict != Verdict.PASSED
    ] == []


@needs_rust
def test_an_argument_that_a_parameter_cannot_be_ends_the_call():
    found = judge("fn f(a: u8) -> u8 { a }", RUST.calls("f", (((-1,), 1),)))
    assert (found.verdict, found.detail) == (Verdict.RUNTIME_ERROR, "an argument is no u8")


def test_an_argument_that_no_program_can_hold_is_refused():
    with pytest.raises(UsageError, match="Rust"):
        RUST.calls("f", (((float("nan"),), 1),))


# (code after HEAD, verdict): each ends in front of the tests' brace
CHEATS = [
    ("    std::process::exit(0)\n", Verdict.INCOMPLETE),
    ("    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    a - b\n", Verdict.WRONG_ANSWER),
    ("    0\n}\nmacro_rules! assert_eq { ($($any:tt)*) => {} }\nfn unused() {\n", Verdict.WRONG_ANSWER),
    ('    println!("\\n6\\n\\"end\\""); std::process::exit(0)\n', Verdict.INCOMPLETE),
    ("    if a == 0 { 0 } else { 0 }\n}\nfn main() {}\nmod tests {\n", Verdict.WRONG_ANSWER),
    ("    panic!()\n", Verdict.RUNTIME_ERROR),
    ("    a + isize::MAX + b\n", Verdict.RUNTIME_ERROR),
    ("    let v: Vec<isize> = Vec::new(); v[0]\n", Verdict.RUNTIME_ERROR),
    ("    twice(a, b + 0) + 1\n", Verdict.RUNTIME_ERROR),
    ("    unsafe { *(8 as *const isize) }\n", Verdict.RUNTIME_ERROR),
    ("    let mut all = Vec::new(); loop { all.push(vec![1u8; 1 << 20]) }\n", Verdict.OUT_OF_MEMORY),
    ('    loop { println!("{:>100}", a) }\n', Verdict.OUTPUT_FLOOD),
    ("    2 * (a + c)\n", Verdict.BUILD_FAILED),
    ("    2 * (a + b\n", Verdict.BUILD_FAILED),
    ('    "text"\n', Verdict.BUILD_FAILED),
]


@needs_rust
@pytest.mark.parametrize("tests", [TESTS, LOOP], ids=["values", "compares by itself"])
def test_what_is_wrong_does_not_pass(tests):
    read = RUST.asserts(HEAD, tests)
    assert (read.expected is None) == (tests == LOOP)
    found = judged(*((HEAD + code, read) for code, _ in CHEATS))
    assert [j.verdict for j in found] == [right for _, right in CHEATS]


# right programs in every manner; with and without the brace that the tests bring
RIGHT = [
    "    2 * (a + b)\n",
    "    2 * (a + b)\n}",
    "    2 * (a + b)\n}\n",
    "    2 * (a + b)\r\n}\r\n",
    "    2 * (a + b)\n} // twice }",
    "    2 * more(a, b)\n}\n\nfn more(a: isize, b: isize) -> isize {\n    a + b\n}\n",
    "    2 * (a + b)\n}\n\nfn main() {\n    assert_eq!(twice(1, 2), 7);\n}\n",
    "    2 * (a + b)\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn main() {}\n}\n",
    '    print!("no newline"); eprintln!("{}", a);\n    2 * (a + b)\n',
    '    use std::io::Write;\n    std::io::stdout().write_all(b"\\xff\\xfe").unwrap();\n    2 * (a + b)\n',
    "    std::mem::forget(std::io::stdout().lock());\n    2 * (a + b)\n",
    "    let mut s = String::new();\n    std::io::stdin().read_line(&mut s).unwrap();\n    2 * (a + b)\n",
    '    println!("{}", "x".repeat(300_000));\n    2 * (a + b)\n',
    '    let open = (\'{\', "}", r#"{"#);\n    2 * (a + b)\n} // {\'\n',
    "    let t: isize = isize::try_from(2i64).unwrap();\n    let [x, y] = [a, b].map(|v| v * t);\n    x + y\n",
    "    std::thread::spawn(move || 2 * (a + b)).join().unwrap()\n",
    "    2 * (a + b)\n}\nmacro_rules! vec { () => {} }\nmacro_rules! format { () => {} }\nstruct String;\n",
    '    std::fs::write("a", "b").unwrap();\n    2 * (a + b)\n',
]


@needs_rust
@pytest.mark.parametrize("tests", [TESTS, LOOP], ids=["values", "compares by itself"])
def test_what_is_right_passes_however_it_is_written(tests):
    found = judged(*((HEAD + code, RUST.asserts(HEAD, tests)) for code in RIGHT))
    assert [(n, j.verdict, j.detail) for n, j in enumerate(found) if j.verdict != Verdict.PASSED] == []


@needs_rust
def test_the_compilers_first_fault_is_told_with_the_candidates_own_line():
    found = judge("#![allow(dead_code)]\nfn f(n: i64) -> i64 {\n    n + missing\n}\n", RUST.calls("f", (((1,), 2),)))
    assert found.verdict == Verdict.BUILD_FAILED
    assert found.detail.startswith("line 3: error[E0425]: cannot find value `missing` in this scope")


@needs_rust
def test_a_crate_that_is_missing_and_needed_is_the_programs_fault():
    found = judge(
        'use regex::Regex;\nfn f(n: i64) -> bool { Regex::new("a").is_ok() }\n', RUST.calls("f", (((1,), True),))
    )
    assert found.verdict == Verdict.BUILD_FAILED
    assert "unresolved import `regex`" in found.detail


@needs_rust
def test_a_crate_that_was_built_can_be_used(tmp_path, monkeypatch):
    tmp_path.chmod(0o755)  # programs are run by nobody
    source = tmp_path / "more.rs"
    source.write_text("pub fn more(n: i64) -> i64 { n + 1 }")
    command = RUST.program("", RUST.calls("f", ()), "_m").commands[0][0]
    assert os.spawnl(os.P_WAIT, command, command, "--crate-type=rlib", "--out-dir", str(tmp_path), str(source)) == 0
    monkeypatch.setenv("KCODER_RUST_CRATES", str(tmp_path))
    assert RUST.version().endswith(" with more")
    code = "use more::more;\nfn f(n: i64) -> i64 { more(n) }\n"
    assert judge(code, RUST.calls("f", (((1,), 2),))).verdict == Verdict.PASSED


@pytest.mark.parametrize(("prompt", "completion", "right"), RUST.solutions)
def test_completions_are_cut_where_the_function_ends(prompt, completion, right):
    assert RUST.cut(prompt, completion) == right


@pytest.mark.parametrize(
    ("status", "stderr", "right"),
    [
        (-6, "memory allocation of 3221225472 bytes failed\nnote: run with", Verdict.OUT_OF_MEMORY),
        (101, "panicked at program.rs:3:5:\nindex out of bounds", Verdict.RUNTIME_ERROR),
        (1, "\nfailed assertion: f(n) == 1\n", Verdict.WRONG_ANSWER),
        (-11, "", Verdict.RUNTIME_ERROR),
        (0, "", Verdict.INCOMPLETE),
    ],
)
def test_last_words_become_verdicts(status, stderr, right):
    assert RUST.verdict(status, stderr) == right


def test_what_is_no_test_program_is_refused():
    with pytest.raises(UsageError, match="neither `fn main` nor"):
        RUST.asserts("", "f();")


@needs_data
def test_no_canonical_solution_is_cut():
    for row in canonical():
        code = row["prompt"] + row["declaration"]
        assert RUST.cut(code, row["canonical_solution"]).strip() == row["canonical_solution"].strip(), row["task_id"]


@needs_data
@needs_rust
def test_canonical_solutions_pass(monkeypatch):
    monkeypatch.delenv("KCODER_RUST_CRATES", raising=False)
    rows = canonical()[::8]
    assert len(rows) == 21
    heads = [row["prompt"] + row["declaration"] for row in rows]
    programs = [
        (head + row["canonical_solution"], RUST.asserts(head, row["test"]))
        for head, row in zip(heads, rows, strict=True)
    ]
    found = judged(*programs, timeout=10)
    assert [(row["task_id"], j.detail) for row, j in zip(rows, found, strict=True) if j.verdict != "passed"] == []


@needs_data
@needs_rust
def test_hostile_programs_are_judged_as_they_must_be():
    rows = [json.loads(line) for line in (Path(DATA) / "adversarial" / "rs.jsonl").read_text().splitlines()]
    classes = {
        "exit": Verdict.INCOMPLETE,
        "assertion": Verdict.WRONG_ANSWER,
        "timeout": Verdict.TIMED_OUT,
        "output": Verdict.OUTPUT_FLOOD,
        "pass": Verdict.PASSED,
    }
    found = judged(*((row["prompt"] + row["completion"], RUST.asserts(row["prompt"], row["tests"])) for row in rows))
    assert Counter(row["expected_verdict"] for row in rows) == {"fail": 4, "pass": 2, "any": 1}
    for row, judgement in zip(rows, found, strict=True):
        if row["expected_verdict"] == "any":
            assert judgement.verdict != Verdict.HARNESS_ERROR
        else:
            assert judgement.verdict == classes[row["expected_class"]], row["id"]


def canonical():
    with gzip.open(Path(DATA) / "humaneval-x" / "humaneval_rust.jsonl.gz", "rt") as file:
        return [json.loads(line) for line in file]


def test_what_compares_by_itself_says_that_it_has_come_to_its_end():
    assert f'say!("{END}")' in RUST.asserts(HEAD, LOOP).text


# ---- several programs as one crate ------------------------------------------------------------------------------


def told(number):
    """Tests of one function, which differ."""
    return RUST.asserts("", f"fn main() {{\n    assert_eq!(f({number}), {number});\n}}\n")


SEVERAL = [
    "fn f(n: i64) -> i64 { n }",
    "fn f(n: i64) -> i64 { n + 1 }",
    "fn main() { loop {} }\nfn f(n: i64) -> i64 { n }",
    "#[derive(Debug)]\nstruct S;\n"
    "impl PartialEq<i64> for S { fn eq(&self, _: &i64) -> bool { true } }\nfn f(_: i64) -> S { S }",
    "fn f(n: i64) -> i64 {\n    let v: Vec<i64> = vec![];\n    v[n as usize]\n}",
    "fn f(n: i64) -> i64 { None::<i64>.unwrap() + n }",
    "fn f(n: i64) -> i64 { n as u8 as i64 - i64::MAX - 20 }",
    "fn f(n: i64) -> String { n }",
    "fn f(n: i64) -> i64 { let v = vec![n]; let w = v; v[0] }",
    "fn f(n: i64) -> i64 { n",
    "fn f(n: i64) -> i64 { missing(n) }",
    "macro_rules! say { ($($t:tt)*) => {} }\nmacro_rules! assert_eq { ($($t:tt)*) => {} }\nfn f(n: i64) -> i64 { -n }",
    "trait Twice { fn twice(self) -> i64; }\nimpl Twice for i64 { fn twice(self) -> i64 { self } }\n"
    "fn f(n: i64) -> i64 { n.twice() }",
    "trait Twice { fn twice(self) -> i64; }\nimpl Twice for i64 { fn twice(self) -> i64 { 2 * self } }\n"
    "fn f(n: i64) -> i64 { n.twice() }",
    "fn f(n: i64) -> i64 { std::process::exit(n as i32) }",
    "mod inner { pub fn g(n: i64) -> i64 { n } }\nfn f(n: i64) -> i64 { self::inner::g(n) }",
    "#![allow(unused)]\nfn f(n: i64) -> i64 { n }",
    "\ufefffn f(n: i64) -> i64 { n }",
]


@needs_rust
def test_programs_end_together_as_they_do_alone(monkeypatch):
    jobs = [(code, told(number + 1)) for number, code in enumerate(SEVERAL)]
    built = []
    batch = Rust.batch
    monkeypatch.setattr(Rust, "batch", lambda self, programs, mark: built.append(1) or batch(self, programs, mark))
    together = [(found.verdict, found.detail) for found in judged(*jobs)]
    assert built
    monkeypatch.setattr(Rust, "alone", lambda *_: True)
    built.clear()
    alone = [(found.verdict, found.detail) for found in judged(*jobs)]
    assert not built
    assert together == alone
    assert Counter(verdict for verdict, _ in alone) == {
        Verdict.PASSED: 6,
        Verdict.WRONG_ANSWER: 4,
        Verdict.RUNTIME_ERROR: 4,
        Verdict.BUILD_FAILED: 4,
    }


@pytest.mark.parametrize(
    "code",
    [
        '#[no_mangle]\npub extern "C" fn write(_: i32, _: *const u8, n: usize) -> isize { n as isize }',
        '#[link_section = ".init_array"]\nstatic START: fn() = start;',
        '#[export_name = "malloc"]\nfn mine() {}',
        "#[global_allocator]\nstatic MINE: Mine = Mine;",
        'std::arch::global_asm!(".globl write");',
        "#![feature(start)]",
        '#[path = "../kcoder_0/program.rs"]\nmod other;',
        'const OTHER: &str = include_str!("../kcoder_0/program.rs");',
        "use crate::helper;",
        "use super::helper;",
        "fn f() -> &'static str { std::any::type_name::<S>() }",
        "fn f() -> Option<String> { std::env::args().nth(1) }",
        "fn f() -> &'static str { module_path!() }",
        "fn f() -> u32 { line!() }",
        "macro_rules! m { ($a:meta) => { #[$a] pub extern fn write() {} } }",
        "macro_rules! m { ($a:meta) => { #[$a] pub fn write() {} } }",
        "#[unsafe(no_mangle)]\npub fn write() {}",
        "# [no_mangle]\npub fn write() {}",
        "# ![macro_use]",
        '/* /* */ " */ #[no_mangle]\npub fn write() {}\n/* " */',
        "fn g() -> &'static str { 'r: loop { break 'r\"\\\\\" } }\n"
        '#[no_mangle]\npub fn write() {}\nconst X: &str = "";',
        "macro_rules! m { ($h:tt $b:tt) => { $h $b pub fn write() {} } }\nm!{ /// x\n [no_mangle] }",
        "use std::prelude::v1::global_allocator as test;\n#[test]\nstatic A: M = M;",
        "use std::file as place;",
        "use std::{include_str as s};",
        'fn f() -> String { format!("{:?}", std::any::TypeId::of::<i64>()) }',
    ],
)
def test_what_reaches_beyond_a_module_is_built_alone(code):
    assert RUST.alone(code, told(1))


def test_what_only_speaks_of_such_things_is_not():
    code = (
        "use std::any::TypeId;  // no_mangle, extern, include!\n#[derive(Debug)]\nstruct S { file: i64, path: i64 }\n"
        'fn f(n: i64) -> i64 {\n    let line = "env crate #![no_main]".len();\n    n\n}\n'
    )
    assert not RUST.alone(code, told(1))


@needs_rust
def test_a_candidate_that_writes_the_drivers_name_writes_another():
    """In tests that compare by themselves the last word would be all that is asked."""
    end = 'crate::_kcoder_::say!("end"); std::process::exit(0)'
    forged = [
        f"fn twice(a: isize, b: isize) -> isize {{ {end} }}",
        'fn twice(a: isize, b: isize) -> isize { println!("\\n{}\\"end\\"", &"_kcoder_"[6..]); std::process::exit(0) }',
        "mod _kcoder_ {}\nfn twice(a: isize, b: isize) -> isize { a - b }",
    ]
    tests = RUST.asserts("", LOOP)
    assert Verdict.PASSED not in [found.verdict for found in judged(*((code, tests) for code in forged))]
    assert (
        judge("mod _kcoder_ {}\nfn twice(a: isize, b: isize) -> isize { 2 * (a + b) }", tests).verdict == Verdict.PASSED
    )


@needs_rust
def test_words_do_not_tell_where_a_program_stood(monkeypatch):
    codes = [
        "#[derive(Debug)]\nenum Token { A }\nfn f(n: i64) -> Result<i64, Token> { Err(Token::A) }",
        "struct Token;\nfn f(n: i64) -> Vec<Token> { vec![Token] }",
        "fn f(n: i64) -> i64 { std::panic::panic_any(n) }",
        "fn f(n: i64) -> i64 { dbg!(n); None.unwrap() }",
        "#!/usr/bin/rustc\nfn f(n: i64) -> i64 { n }",
        "fn f(n: i64) -> i64 { for i in 0..30000 { dbg!(i); }\n n }",
        "static A: [u8; 100 << 20] = [1; 100 << 20];\nfn f(n: i64) -> i64 { n }",
        "static mut MEMO: [[i64; 5000]; 5000] = [[0; 5000]; 5000];\nfn f(n: i64) -> i64 { n }",
        "fn f(n: i64) -> i64 { vec![1u8; 380 << 20].len() as i64 - (380 << 20) + n }",
    ]
    jobs = [(code, told(number + 1)) for number, code in enumerate(codes)]
    together = [(found.verdict, found.detail) for found in judged(*jobs)]
    monkeypatch.setattr(Rust, "alone", lambda *_: True)
    assert together == [(found.verdict, found.detail) for found in judged(*jobs)]
    assert together[-1][0] == together[-2][0] == Verdict.PASSED
