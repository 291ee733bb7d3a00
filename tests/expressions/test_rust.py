"""Rust's test programs, read."""

import gzip
import json
import os
from pathlib import Path

import pytest

from kcoder.expressions.braces import blanked
from kcoder.expressions.rust import SILENT, read_tests, without_unused
from kcoder.language import END

DATA = os.environ.get("KCODER_TEST_DATA")


def read(statements, prompt="fn f(n: i64) -> i64 {\n"):
    return read_tests(prompt, f"}}\n\nfn main() {{\n    let candidate = f;\n    {statements}\n}}\n")


@pytest.mark.parametrize(
    ("statement", "call", "value"),
    [
        ("assert_eq!(f(1), 2);", "f(1)", 2),
        ("assert_eq!(2, f(1));", "f(1)", 2),
        ("debug_assert_eq!(f(1), -2_i64);", "f(1)", -2),
        ('assert_eq!(f("a,b(", \'"\'), "=="); // assert_eq!(f(2), 3);', 'f("a,b(", \'"\')', "=="),
        ('assert_eq!(f(1), vec![String::from("a"), "b".to_string()], "why {}", 3);', "f(1)", ["a", "b"]),
        ("assert_eq!(f(1), (1, Some(2.5), None));", "f(1)", (1, 2.5, None)),
        ("assert_eq!(f(1), Vec::<(isize, isize)>::new());", "f(1)", []),
        ('assert_eq!(f(1), HashMap::from([(String::from("a"), 1)]));', "f(1)", {"a": 1}),
        ("assert_eq!(f(1), HashSet::from([1, 2]));", "f(1)", {1, 2}),
        ("assert_eq!(f(1), Ok(3));", "f(1)", {"Ok": 3}),
        ("assert!(f(1) == 2);", "f(1)", 2),
        ("assert!(f(1));", "f(1)", True),
        ("assert!(!f(1));", "f(1)", False),
        ("assert!(f(1) == 2 && f(2) == 3);", "f(1) == 2 && f(2) == 3", True),
        ("assert!(f(1) - 0.5 < 1e-6);", "f(1) - 0.5 < 1e-6", True),
        ("assert_eq!(f(1), 3 * 5);", "(f(1)) == (3 * 5)", True),
        ("assert_ne!(f(1), 2);", "(f(1)) != (2)", True),
        ("let none: Vec<i32> = vec![]; assert_eq!(f(1), none);", "f(1)", []),
        ("let mut some = vec![1]; assert_eq!(f(1), some);", "(f(1)) == (some)", True),
    ],
)
def test_an_assertion_becomes_a_call_and_its_value(statement, call, value):
    tests = read(statement)
    assert (tests.sources, tests.expected) == ((call,), (value,))
    assert f"say!({call})" in tests.text
    assert "fn main" not in tests.text
    assert "fn _kcoder__tests() {\n    let _ = _kcoder__main();\n}" in tests.text


@pytest.mark.parametrize(
    "statement",
    [
        "for n in 0..3 { assert_eq!(f(n), n + 1); }",
        "if f(1) == 2 { assert!(f(2) == 3); }",
        "let check = |n| { assert!(f(n) > 0) }; check(1);",
        "fn check(n: i64) { debug_assert_eq!(n, 2); } check(f(1));",
    ],
)
def test_what_is_compared_in_loops_and_branches_is_compared_there(statement):
    tests = read(statement)
    assert tests.expected is None
    assert "crate::_kcoder_::assert" in tests.text
    assert f'say!("{END}")' in tests.text
    both = read(f"assert_eq!(f(1), 2); {statement}")
    assert both.expected == (2, END)


def test_tests_in_a_module_are_called_one_after_another():
    one = "    #[test]\n    fn one() {\n        assert_eq!(f(), 1);\n    }\n"
    two = "    #[test]\n    #[ignore]\n    fn two() {\n        assert_eq!(f(), 2);\n    }\n"
    tests = read_tests("fn f() -> i32 {", f"#[cfg(test)]\nmod tests {{\n    use super::*;\n{one}{two}}}\n")
    assert tests.expected == (1, 2)
    assert "cfg(test)" not in tests.text
    assert "pub mod _kcoder__tests {" in tests.text
    assert "    let _ = _kcoder__tests::_kcoder__one();\n    let _ = _kcoder__tests::_kcoder__two();\n}" in tests.text


def test_tests_that_are_commented_out_only_have_to_be_reached():
    tests = read_tests("", "/*\n#[test]\nfn a() { assert!(f()); }\n*/")
    assert tests.expected is None
    assert f'say!("{END}")' in tests.text


@pytest.mark.parametrize("text", ["f();", "fn main() { assert_eq!(f(); }", "fn main() { assert_eq!(f()); }"])
def test_what_is_no_test_program_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_tests("", text)


def test_numbers_of_32_bits_are_expected_as_they_are_shown():
    assert read("assert_eq!(f(1), 0.3333333333);", "fn f(n: i64) -> f32 {").expected == (0.33333334,)
    assert read("assert_eq!(f(1), 0.3333333333);", "fn f(n: f32) -> f64 {").expected == (0.3333333333,)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("'{' '\\'' '\\u{7d}'", ""),
        ("fn f<'a>(x: &'a str) -> &'a str {", "fn f<'a>(x: &'a str) -> &'a str {"),
        ('r#"{"{"#; r"\\"; x', "; ; x"),
        ('"{\n\\"{"', ""),
        ("/* { \n*/ x // }", "x"),
    ],
)
def test_comments_strings_and_characters_are_silent_and_lifetimes_are_not(text, seen):
    assert " ".join(blanked(text, SILENT).split()) == seen


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("use rand::Rng;\nfn f() {}\n", "\nfn f() {}\n"),
        ("use regex::Regex;\n// Regex\nfn f() {}\n", "\n// Regex\nfn f() {}\n"),
        ("use rand::{\n  Rng,\n  thread_rng,\n};\nfn f() {}\n", "\n\n\n\nfn f() {}\n"),
        ("extern crate md5;\nfn f() {}\n", "\nfn f() {}\n"),
        ("use md5;\nfn f() { md5::compute(); }\n", None),
        ("use regex::Regex;\nfn f() { Regex::new(); }\n", None),
        ("use std::fmt;\nuse crate::a;\nfn f() {}\n", None),
        ("enum E { A }\nuse E::A;\nfn f() {}\n", None),
        ("use here::A;\nfn f() {}\n", None),
    ],
)
def test_imports_of_missing_crates_go_where_nothing_needs_them(code, kept):
    assert without_unused(code, "", {"here"}) == (code if kept is None else kept)


def test_an_import_that_the_tests_need_stays():
    assert without_unused("use rand::Rng;\n", "let x = rand::random();", ()) == "use rand::Rng;\n"


@pytest.mark.skipif(not DATA, reason="KCODER_TEST_DATA is not set")
def test_the_published_test_programs_are_read():
    with gzip.open(Path(DATA) / "multipl-e" / "humaneval-rs.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    assert len(rows) == 156
    for row in rows:
        tests = read_tests(row["prompt"], row["tests"])
        assert len(tests.expected) == row["tests"].count("assert_eq!("), row["name"]
        assert END not in tests.expected
        assert not [call for call in tests.sources if ") == (" in call], row["name"]
