"""Candidates out of what models write in JavaScript and TypeScript: traps that real ones set, as diffs."""

import pytest
from diffs import check_answer, fence

from kcoder.completions.cut import cut
from kcoder.languages.javascript import JAVASCRIPT
from kcoder.languages.typescript import TYPESCRIPT

JS = "//Adds one.\nfunction f(n){\n"
TS = "function f(n: number): number {\n"


def test_javascript_answers_export_and_try_nothing():
    check_answer(
        JAVASCRIPT,
        JS,
        """
-const assert = require('assert');
 function f(n) {
     return n + 1;
 }
-const n = 3;
-console.log(f(n));
-assert.equal(f(1), 2);
-module.exports = { f };
-exports.f = f;
""",
    )


def test_a_function_that_a_variable_holds_is_a_function():
    check_answer(
        JAVASCRIPT,
        JS,
        """
 const f = (n) => {
     return n + step;
 };
 let step = 1;
-export default f;
""",
    )


def test_what_is_added_to_a_class_of_javascript_stays():
    check_answer(
        JAVASCRIPT,
        JS,
        """
-export async function f(n) {
+async function f(n) {
     return n.up();
 }
 Number.prototype.up = function () { return this + 1; };
""",
    )


def test_what_fills_a_variable_stays_with_it():
    check_answer(
        JAVASCRIPT,
        JS,
        """
 const memo = {};
 memo[0] = 1;
 function f(n) {
     return memo[n] || g(n);
 }
 const g = n => f(n - 1) + 1;
-const all = [1, 2].map(f);
""",
    )


def test_a_local_variable_is_not_the_function():
    check_answer(
        JAVASCRIPT,
        JS,
        """
-function sum(n) {
-    let f = 0;
-    return f;
-}
-
 function f(n) {
     return n + 1;
 }
""",
    )


def test_strictness_stays():
    check_answer(
        JAVASCRIPT,
        JS,
        """
 'use strict';
 function f(n) {
     return n + 1;
 }
""",
    )


@pytest.mark.parametrize(("given", "fault"), [("n", "renamed: other"), ("a, b", "missing")])
def test_another_function_is_no_body_of_the_function(given, fault):
    code = f"function other({given}) {{\n    let f = 0;\n    return f;\n}}\n"
    found = cut(JAVASCRIPT, JS, fence(code), "sum")
    assert (found.code.strip(), found.fault) == (code.strip(), fault)


def test_typescript_types_stay_where_they_are_used_and_exports_go():
    check_answer(
        TYPESCRIPT,
        TS,
        """
-export type Step = number;
+type Step = number;
-type Unused = string;
-declare var require: any;
 const step: Step = 1;
-export default function f(n: number): number {
+function f(n: number): number {
     return n + step;
 }
-console.log(f(1));
""",
    )
