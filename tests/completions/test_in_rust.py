"""Candidates out of what models write in Rust: traps that real ones set, as diffs."""

from diffs import check_answer

from kcoder.completions.cut import cut
from kcoder.languages.rust import RUST

RS = "/// Adds one.\nfn f(n: isize) -> isize {\n"


def test_rust_statements_at_file_scope_go():
    check_answer(
        RUST,
        RS,
        """
 fn f(n: isize) -> isize {
     n + 1
 }

-let x = f(1);
-println!("{}", x);
-assert_eq!(f(1), 2);
""",
    )


def test_rust_imports_that_only_main_needs_go():
    check_answer(
        RUST,
        RS,
        """
-use std::io;
-use rand::Rng;
 fn f(n: isize) -> isize {
     n + 1
 }
-fn main() {
-    let x = rand::thread_rng();
-    io::stdin();
-}
""",
    )


def test_rust_tests_go():
    check_answer(
        RUST,
        RS,
        """
 fn f(n: isize) -> isize {
     n + 1
 }
-#[cfg(test)]
-mod tests {
-    use super::*;
-    #[test]
-    fn t() { assert_eq!(f(1), 2); }
-}
""",
    )


def test_rust_attributes_and_methods_stay_with_their_types():
    check_answer(
        RUST,
        RS,
        """
 #[derive(Debug)]
 #[allow(dead_code)]
 struct P(isize);
-#[derive(Clone)]
-struct Unused;
 impl P {
     fn up(&self) -> isize { self.0 + 1 }
 }
 fn f(n: isize) -> isize {
     P(n).up()
 }
""",
    )


def test_rust_macros_and_what_they_use_stay():
    check_answer(
        RUST,
        RS,
        """
 macro_rules! up { ($n:expr) => { $n + STEP } }
 const STEP: isize = 1;
 pub fn f(n: isize) -> isize {
     up!(n)
 }
""",
    )


def test_rust_lifetimes_are_no_characters():
    check_answer(
        RUST,
        RS,
        """
 #![allow(unused)]
 fn f<'a>(n: isize) -> isize {
     let quote: &'static str = "'"; let c = '{'; n + 1
 }
""",
    )


def test_what_the_tests_call_beside_the_function_stays():
    text = "    n + 1\n}\n\nfn g(n: isize) -> isize {\n    n\n}\n\nfn h() {}\n"
    tests = "#[cfg(test)]\nmod tests {\n    fn test() { assert_eq!(f(1), g(2)); }\n}\n"
    assert "fn g" in cut(RUST, RS, text, "f", tests).code
    assert "fn h" not in cut(RUST, RS, text, "f", tests).code
    assert "fn g" not in cut(RUST, RS, text, "f").code
